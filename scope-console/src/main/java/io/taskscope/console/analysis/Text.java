// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.analysis;

import java.util.Locale;
import java.util.regex.Pattern;

/** Numbers for people. */
public final class Text {
  private static final Pattern HARMFUL =
      Pattern.compile(
          "[\\x00-\\x1f\\x7f-\\x9f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ufeff]");

  private Text() {}

  /**
   * {@return a span of time with three significant digits, as {@code 1.25 s} or {@code 340 µs}}
   *
   * @param nanos nanoseconds
   */
  public static String time(long nanos) {
    if (nanos < 0) {
      return "-" + time(-nanos);
    }
    if (nanos < 1_000) {
      return nanos + " ns";
    }
    if (nanos < 999_500) {
      return digits(nanos / 1e3) + " µs";
    }
    if (nanos < 999_500_000L) {
      return digits(nanos / 1e6) + " ms";
    }
    if (nanos < 60_000_000_000L) {
      return digits(nanos / 1e9) + " s";
    }
    long seconds = Math.round(nanos / 1e9);
    if (seconds < 3_600) {
      return twoUnits(seconds / 60, "m", seconds % 60, "s");
    }
    long minutes = seconds / 60;
    if (minutes < 48 * 60) {
      return twoUnits(minutes / 60, "h", minutes % 60, "m");
    }
    return twoUnits(minutes / 1440, "d", minutes / 60 % 24, "h");
  }

  private static String twoUnits(long larger, String name, long smaller, String smallerName) {
    return String.format(Locale.ROOT, "%s %s %02d %s", larger, name, smaller, smallerName);
  }

  /**
   * {@return an amount of bytes, as {@code 12.3 MB}; a MB is a million bytes}
   *
   * @param bytes how many
   */
  public static String bytes(long bytes) {
    if (bytes < 1_000) {
      return bytes + " B";
    }
    String[] units = {"kB", "MB", "GB", "TB", "PB", "EB"};
    double value = bytes;
    int unit = -1;
    while (value >= 999.5 && unit < units.length - 1) {
      value /= 1_000;
      unit++;
    }
    return digits(value) + " " + units[unit];
  }

  /**
   * {@return a count with spaces between thousands}
   *
   * @param count any number
   */
  public static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count).replace(',', ' ');
  }

  /**
   * {@return {@code 1 task} or {@code 5 tasks}}
   *
   * @param count how many
   * @param singular the noun, which takes an s
   */
  public static String count(long count, String singular) {
    return count(count) + " " + singular + (count == 1 ? "" : "s");
  }

  /**
   * {@return a share in percent; {@code -} of nothing}
   *
   * @param part of the whole
   * @param whole at least 0
   */
  public static String percent(long part, long whole) {
    if (whole <= 0) {
      return "-";
    }
    double share = 100.0 * part / whole;
    return share > 0 && share < 0.1
        ? "<0.1 %"
        : String.format(Locale.ROOT, share < 9.95 ? "%.1f %%" : "%.0f %%", share);
  }

  /**
   * {@return a text of a recording as one line that does nothing to a terminal: control characters,
   * and those that reorder what is around them, by their number, as {@code \\u001b}}
   *
   * @param text any
   */
  public static String printable(String text) {
    return HARMFUL
        .matcher(text)
        .replaceAll(c -> String.format(Locale.ROOT, "\\\\u%04x", (int) c.group().charAt(0)));
  }

  private static String digits(double value) {
    return String.format(
        Locale.ROOT, value < 9.995 ? "%.2f" : value < 99.95 ? "%.1f" : "%.0f", value);
  }
}
