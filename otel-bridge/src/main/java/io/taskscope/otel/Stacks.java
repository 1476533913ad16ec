// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel;

import java.util.List;

/** Writes stacks as Java prints them, up to a length that no backend chokes on. */
final class Stacks {
  private static final int MAX_FRAMES = 64;

  private Stacks() {}

  static String text(List<StackTraceElement> stack) {
    StringBuilder text = new StringBuilder();
    for (StackTraceElement frame : stack.subList(0, Math.min(MAX_FRAMES, stack.size()))) {
      text.append("\tat ").append(frame).append('\n');
    }
    if (stack.size() > MAX_FRAMES) {
      text.append("\t... ").append(stack.size() - MAX_FRAMES).append(" more\n");
    }
    return text.toString();
  }
}
