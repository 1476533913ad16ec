// SPDX-License-Identifier: Apache-2.0
package io.taskscope.demo;

import java.util.Map;

/**
 * What a request asks of a route.
 *
 * @param argument the part of the path that stands for {@code {id}}; empty where the route has none
 * @param query the parameters behind the {@code ?}, the first value of each
 */
record Ask(String argument, Map<String, String> query) {

  /**
   * The argument as a number.
   *
   * @throws BadRequestException if it is none
   */
  int id() {
    return number("id", argument);
  }

  /**
   * A parameter as a number.
   *
   * @throws BadRequestException if it is none
   */
  int number(String parameter, int otherwise) {
    String text = query.get(parameter);
    return text == null ? otherwise : number(parameter, text);
  }

  private static int number(String what, String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new BadRequestException("%s must be a number, but is \"%s\"".formatted(what, text));
    }
  }
}
