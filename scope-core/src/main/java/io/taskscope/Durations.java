// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.time.Duration;
import java.util.Locale;

/** Durations for people: three digits at most before the unit, never more precision than helps. */
final class Durations {
  private Durations() {}

  static String text(Duration duration) {
    double seconds = duration.getSeconds() + duration.getNano() / 1e9;
    if (seconds >= 7200) {
      return String.format(Locale.ROOT, "%.1f h", seconds / 3600);
    }
    if (seconds >= 120) {
      return String.format(Locale.ROOT, "%.1f min", seconds / 60);
    }
    if (seconds >= 10) {
      return String.format(Locale.ROOT, "%.1f s", seconds);
    }
    if (seconds >= 1) {
      return String.format(Locale.ROOT, "%.2f s", seconds);
    }
    if (seconds >= 0.001) {
      return String.format(Locale.ROOT, "%.0f ms", seconds * 1e3);
    }
    return seconds == 0 ? "0 ms" : String.format(Locale.ROOT, "%.0f µs", seconds * 1e6);
  }
}
