// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.time.Duration;
import java.util.Objects;

/**
 * Checks what users pass in; every refusal shows the offending value and says what would be right.
 */
final class Checks {
  static final int MAX_SCOPE_NAME = 64;
  static final int MAX_TASK_NAME = 128;

  /** 73 years in nanoseconds: no limit, and sums of a few of them do not overflow. */
  static final long FOREVER = Long.MAX_VALUE / 4;

  private Checks() {}

  static String scopeName(String name) {
    Objects.requireNonNull(name, "scope name");
    int length = name.length();
    if (length == 0 || length > MAX_SCOPE_NAME) {
      throw badScopeName(name, "it has " + length + " characters");
    }
    for (int i = 0; i < length; i++) {
      char c = name.charAt(i);
      boolean alphanumeric = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
      if (!alphanumeric && (i == 0 || (c != '.' && c != '_' && c != '-'))) {
        throw badScopeName(name, "'" + printable(c) + "' at position " + i);
      }
    }
    return name;
  }

  private static IllegalArgumentException badScopeName(String name, String why) {
    return new IllegalArgumentException(
        "bad scope name \"%s\" (%s): a scope name is 1 to %s of a-z 0-9 . _ - and begins with a letter or digit"
            .formatted(shown(name), why, MAX_SCOPE_NAME));
  }

  static String taskName(String name) {
    Objects.requireNonNull(name, "task name");
    int length = name.length();
    if (length == 0 || length > MAX_TASK_NAME) {
      throw badTaskName(name, "it has " + length + " characters");
    }
    for (int i = 0; i < length; i++) {
      char c = name.charAt(i);
      if (Character.isISOControl(c)) {
        throw badTaskName(name, "control character '" + printable(c) + "' at position " + i);
      }
    }
    return name;
  }

  private static IllegalArgumentException badTaskName(String name, String why) {
    return new IllegalArgumentException(
        "bad task name \"%s\" (%s): a task name is 1 to %s characters without control characters, and low-cardinality, such as \"GET /users/{id}\""
            .formatted(shown(name), why, MAX_TASK_NAME));
  }

  static String resourceName(String name) {
    Objects.requireNonNull(name, "resource name");
    if (name.isBlank()
        || name.length() > MAX_TASK_NAME
        || name.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "bad resource name \"%s\": it must have 1 to %s characters, not all blank and no control characters"
              .formatted(shown(name), MAX_TASK_NAME));
    }
    return name;
  }

  /** The nanoseconds of a time limit, very long ones cut to about 73 years. */
  static long timeout(String what, Duration duration) {
    Objects.requireNonNull(duration, what);
    if (duration.isNegative()) {
      throw new IllegalArgumentException(what + " must not be negative, but is " + duration);
    }
    return duration.compareTo(Duration.ofNanos(FOREVER)) >= 0 ? FOREVER : duration.toNanos();
  }

  private static String shown(String name) {
    StringBuilder text = new StringBuilder();
    name.chars().limit(MAX_TASK_NAME + 1L).forEach(c -> text.append(printable((char) c)));
    return name.length() > MAX_TASK_NAME + 1 ? text + "…" : text.toString();
  }

  private static String printable(char c) {
    return Character.isISOControl(c) ? "\\u%04x".formatted((int) c) : String.valueOf(c);
  }
}
