// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.recording;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Gives each distinct text a small number. Bounded: texts beyond the limit all become {@link
 * #OTHER}, and are counted. Thread-safe.
 */
public final class Names {
  /** The number of no text. */
  public static final int NONE = 0;

  /** The number of all texts beyond the limit. */
  public static final int OTHER = 1;

  private static final int MAX_NAMES = 200_000;
  private static final int MAX_LENGTH = 16_384;

  private final Map<String, Integer> numbers = new HashMap<>();
  private final List<String> texts = new ArrayList<>();
  private long overflowed;

  /** Only {@code NONE} and {@code OTHER} are known. */
  public Names() {
    texts.add("");
    texts.add("(other)");
    numbers.put("(other)", OTHER);
  }

  /**
   * {@return the number of the text}
   *
   * @param text cut off beyond 16 384 characters
   */
  public synchronized int number(String text) {
    if (text.isEmpty()) {
      return NONE;
    }
    String kept = text.length() > MAX_LENGTH ? text.substring(0, MAX_LENGTH) + "…" : text;
    Integer known = numbers.get(kept);
    if (known != null) {
      return known;
    }
    if (texts.size() >= MAX_NAMES) {
      overflowed++;
      return OTHER;
    }
    numbers.put(kept, texts.size());
    texts.add(kept);
    return texts.size() - 1;
  }

  /**
   * {@return the text of a number}
   *
   * @param number what {@link #number} gave
   */
  public synchronized String text(long number) {
    return number < 0 || number >= texts.size() ? "" : texts.get((int) number);
  }

  /** {@return how many texts became {@link #OTHER}, each as often as it was met} */
  public synchronized long overflowed() {
    return overflowed;
  }
}
