// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.replay;

import io.taskscope.console.analysis.Text;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A point in time as people write it: {@code 12.5s} after the start, {@code -3s} before the end,
 * {@code 50%}, {@code end}, or an instant.
 */
public final class PointInTime {
  private static final Pattern OFFSET =
      Pattern.compile("(-?)(\\d{1,12}(?:\\.\\d{1,9})?)(ns|us|ms|s|m|h)");
  private static final Pattern PERCENT = Pattern.compile("(\\d{1,3}(?:\\.\\d{1,6})?)%");
  private static final Map<String, Long> UNITS =
      Map.of(
          "ns", 1L,
          "us", 1_000L,
          "ms", 1_000_000L,
          "s", 1_000_000_000L,
          "m", 60_000_000_000L,
          "h", 3_600_000_000_000L);

  private PointInTime() {}

  /**
   * {@return the point in time, in nanoseconds since 1970}
   *
   * @param text as written
   * @param source whose time it must be in
   * @throws IllegalArgumentException if the text is none, or is outside of the time of the source;
   *     the message shows it and what would be right
   */
  public static long parse(String text, TreeSource source) {
    long nanos = nanos(text, source);
    if (nanos < source.startNanos() || nanos > source.endNanos()) {
      throw new IllegalArgumentException(
          "'%s' is outside of the recording, which lasts %s from %s to %s"
              .formatted(
                  text,
                  Text.time(source.endNanos() - source.startNanos()),
                  instant(source.startNanos()),
                  instant(source.endNanos())));
    }
    return nanos;
  }

  private static long nanos(String text, TreeSource source) {
    if (text.equals("end")) {
      return source.endNanos();
    }
    Matcher offset = OFFSET.matcher(text);
    if (offset.matches()) {
      long unit = Objects.requireNonNull(UNITS.get(offset.group(3)));
      long span = (long) (Double.parseDouble(offset.group(2)) * unit);
      return offset.group(1).isEmpty() ? source.startNanos() + span : source.endNanos() - span;
    }
    Matcher percent = PERCENT.matcher(text);
    if (percent.matches()) {
      double share = Double.parseDouble(percent.group(1)) / 100;
      return source.startNanos() + (long) (share * (source.endNanos() - source.startNanos()));
    }
    try {
      return nanos(Instant.parse(text));
    } catch (DateTimeParseException | ArithmeticException e) {
      throw new IllegalArgumentException(
          "'%s' is no point in time; write 12.5s (after the start), -3s (before the end), 50%%, end, or an instant such as %s"
              .formatted(text, instant(source.startNanos())));
    }
  }

  private static long nanos(Instant instant) {
    return Duration.between(Instant.EPOCH, instant).toNanos();
  }

  /**
   * {@return an instant in UTC}
   *
   * @param nanos since 1970
   */
  public static String instant(long nanos) {
    return Instant.ofEpochSecond(0, nanos).toString();
  }
}
