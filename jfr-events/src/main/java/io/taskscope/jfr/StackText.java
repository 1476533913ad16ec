// SPDX-License-Identifier: Apache-2.0
package io.taskscope.jfr;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Stacks as text, for events about another thread or another moment than those of their commit. */
final class StackText {
  /** Enough to see where a thread stands, and at most a few kilobytes. */
  static final int MAX_FRAMES = 64;

  private StackText() {}

  /** One frame per line, innermost first; null if there is none. */
  static @Nullable String of(List<StackTraceElement> frames) {
    if (frames.isEmpty()) {
      return null;
    }
    StringBuilder text = new StringBuilder();
    for (StackTraceElement frame : frames.subList(0, Math.min(MAX_FRAMES, frames.size()))) {
      text.append(frame).append('\n');
    }
    if (frames.size() > MAX_FRAMES) {
      text.append("... ").append(frames.size() - MAX_FRAMES).append(" more\n");
    }
    return text.substring(0, text.length() - 1);
  }
}
