// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.util.regex.Pattern;

/** Names for tasks that nobody named: low-cardinality, and telling where they come from. */
final class Names {
  private static final Pattern DIGITS = Pattern.compile("[0-9]+");
  private static final String LAMBDA = "$$Lambda";

  private Names() {}

  /** The simple name of the class of the body; for a lambda that of the class it is in. */
  static String ofBody(Object body) {
    String name = body.getClass().getName();
    int lambda = name.indexOf(LAMBDA);
    String owner = lambda < 0 ? name : name.substring(0, lambda);
    String simple = owner.substring(owner.lastIndexOf('.') + 1);
    return fold(lambda < 0 ? simple : simple + " lambda");
  }

  /** The name of the thread; of one without, that of the class of its body. */
  static String ofThread(Thread thread, Object body) {
    String name = thread.getName();
    String clean = name.codePoints().anyMatch(Character::isISOControl) ? "" : name.strip();
    return clean.isEmpty() ? ofBody(body) : fold(clean);
  }

  /** Runs of digits become one {@code #}, so that numbered names are one name. */
  static String fold(String name) {
    String folded = DIGITS.matcher(name).replaceAll("#");
    int end = Math.min(folded.length(), Checks.MAX_TASK_NAME);
    boolean splits = end < folded.length() && Character.isHighSurrogate(folded.charAt(end - 1));
    return folded.substring(0, splits ? end - 1 : end);
  }
}
