// SPDX-License-Identifier: Apache-2.0
/** Flight Recorder events about the tasks, scopes and shutdowns of a service. */
module io.taskscope.jfr {
  requires transitive io.taskscope;
  requires jdk.jfr;
  requires static org.jspecify;

  exports io.taskscope.jfr;
}
