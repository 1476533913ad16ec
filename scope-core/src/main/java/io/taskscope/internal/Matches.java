// SPDX-License-Identifier: Apache-2.0
package io.taskscope.internal;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whether texts match a regular expression. What it looks at last it remembers, because a million
 * tasks have a few names between them. No expression takes more than a fixed number of steps for a
 * text, however it is made. Thread-safe.
 */
final class Matches {
  private static final int REMEMBERED = 64;

  /** A text and whether it matches. */
  private record Answer(String text, boolean matches) {}

  private final Pattern pattern;
  private final AtomicReferenceArray<@Nullable Answer> answers =
      new AtomicReferenceArray<>(REMEMBERED); // by the hash of the text

  Matches(Pattern pattern) {
    this.pattern = pattern;
  }

  /**
   * Whether the whole text matches.
   *
   * @throws IllegalArgumentException if that takes too long to find out
   */
  boolean of(String text) {
    int hash = text.hashCode();
    int place = (hash ^ (hash >>> 16)) & (REMEMBERED - 1);
    Answer known = answers.getPlain(place);
    if (known == null || !known.text().equals(text)) {
      known = new Answer(text, matches(text));
      answers.setRelease(place, known);
    }
    return known.matches();
  }

  private boolean matches(String text) {
    try {
      return pattern.matcher(new BudgetedText(text)).matches();
    } catch (StackOverflowError e) { // it goes deeper with every character of a long text
      throw tooComplex(text);
    }
  }

  private static IllegalArgumentException tooComplex(CharSequence text) {
    String shown = text.length() > 100 ? text.subSequence(0, 100) + "…" : text.toString();
    return new IllegalArgumentException(
        "the expression after ~ takes too long on \"" + shown + "\"; make it simpler");
  }

  /** A text that refuses to be looked at more often than any sensible expression needs. */
  private static final class BudgetedText implements CharSequence {
    private static final int LOOKS = 100_000;

    private final CharSequence text;
    private int looksLeft = LOOKS;

    BudgetedText(CharSequence text) {
      this.text = text;
    }

    @Override
    public char charAt(int index) {
      if (--looksLeft < 0) {
        throw tooComplex(text);
      }
      return text.charAt(index);
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.subSequence(start, end);
    }

    @Override
    public String toString() {
      return text.toString();
    }
  }
}
