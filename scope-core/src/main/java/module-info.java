// SPDX-License-Identifier: Apache-2.0
/**
 * The scope tree: tasks, scopes, ordered shutdown, hooks and views. Depends on no telemetry
 * library.
 */
module io.taskscope {
  requires static org.jspecify;

  exports io.taskscope;
  exports io.taskscope.hook;
  exports io.taskscope.view;
}
