// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel;

import java.util.concurrent.Callable;

/**
 * Names the body of a task, in a form that stays the same from one run of the JVM to the next:
 * {@code com.example.Shop.lambda} for a lambda or method reference written in {@code Shop} (the
 * name of its class has a number in it that changes), {@code com.example.Shop$1.call} for any other
 * class.
 */
final class BodyName extends ClassValue<String> {
  private static final BodyName NAMES = new BodyName();
  private static final String LAMBDA_MARK = "$$Lambda";

  private BodyName() {}

  static String of(Class<?> body) {
    return NAMES.get(body);
  }

  @Override
  protected String computeValue(Class<?> body) {
    String name = body.getName();
    int mark = name.indexOf(LAMBDA_MARK);
    if (mark > 0) {
      return name.substring(0, mark) + ".lambda";
    }
    boolean hasResult =
        Callable.class.isAssignableFrom(body)
            || ScopedValue.CallableOp.class.isAssignableFrom(body);
    return name + (hasResult ? ".call" : ".run");
  }
}
