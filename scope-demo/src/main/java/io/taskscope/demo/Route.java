// SPDX-License-Identifier: Apache-2.0
package io.taskscope.demo;

/**
 * One kind of request.
 *
 * @param task the name of its tasks, such as {@code GET /a/users/{id}}: never with the id itself
 * @param takesArgument whether something stands behind its name in the path
 * @param body what it does
 */
record Route(String task, boolean takesArgument, Body body) {

  /** What a route does. */
  @FunctionalInterface
  interface Body {
    Reply answer(Ask ask) throws Exception;
  }
}
