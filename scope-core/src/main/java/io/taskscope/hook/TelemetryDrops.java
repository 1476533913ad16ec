// SPDX-License-Identifier: Apache-2.0
package io.taskscope.hook;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Where all parts that give up telemetry at a bound say how much, and where all parts that show it
 * find it. Neither has to know the other.
 *
 * <pre>{@code
 * TelemetryDrops.add(TelemetryDrops.Signal.JFR, () -> Map.of("queue_full", dropped.sum()));
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class TelemetryDrops {
  private static final System.Logger LOG = System.getLogger(TelemetryDrops.class.getName());

  private static final Object LOCK = new Object();

  // All guarded by LOCK.
  private static final List<Source> sources = new ArrayList<>();
  private static final Map<Signal, Map<String, Long>> closed = new EnumMap<>(Signal.class);
  private static final Set<Signal> failed = new HashSet<>();

  private TelemetryDrops() {}

  /** What kind of telemetry. */
  public enum Signal {
    /** Finished tasks that a scope remembers. */
    HISTORY,
    /** Results in {@link io.taskscope.Completions}. */
    COMPLETIONS,
    /** Spans. */
    SPANS,
    /** Flight Recorder events. */
    JFR,
    /** What the console sends to those who look at it. */
    CONSOLE;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** The value of the {@code signal} label in all telemetry: the name in lower case. */
    public String label() {
      return label;
    }
  }

  /** A source of counts; closing it takes it out, and what it last said stays counted. */
  public interface Registration extends AutoCloseable {
    /** Takes the source out. May be called twice. */
    @Override
    void close();
  }

  private record Source(Signal signal, Supplier<? extends Map<String, Long>> byReason) {}

  /**
   * Adds a source. Several of one signal are added up.
   *
   * @param byReason gives the counts since the start by reason, whenever someone asks; must be
   *     quick, and reasons few, low-cardinality and in lower case with underscores
   */
  public static Registration add(Signal signal, Supplier<? extends Map<String, Long>> byReason) {
    Source source =
        new Source(
            Objects.requireNonNull(signal, "signal"), Objects.requireNonNull(byReason, "byReason"));
    synchronized (LOCK) {
      sources.add(source);
    }
    return () -> remove(source);
  }

  private static void remove(Source source) {
    Map<String, Long> last = read(source);
    synchronized (LOCK) {
      if (sources.removeIf(candidate -> candidate == source)) {
        merge(closed, source.signal, last);
      }
    }
  }

  /**
   * How much was dropped of each signal, by reason. Signals and reasons nobody counts are absent.
   */
  public static Map<Signal, Map<String, Long>> counts() {
    Map<Signal, Map<String, Long>> counts = new EnumMap<>(Signal.class);
    List<Source> present;
    synchronized (LOCK) {
      present = List.copyOf(sources);
      closed.forEach((signal, byReason) -> merge(counts, signal, byReason));
    }
    for (Source source : present) { // without the lock, as it is foreign code
      merge(counts, source.signal, read(source));
    }
    return counts;
  }

  private static Map<String, Long> read(Source source) {
    try {
      return Map.copyOf(source.byReason.get());
    } catch (RuntimeException e) { // not a reason to lose the other counts
      boolean first;
      synchronized (LOCK) {
        first = failed.add(source.signal);
      }
      if (first) {
        LOG.log(
            System.Logger.Level.WARNING, "Cannot read the losses of " + source.signal.label(), e);
      }
      return Map.of();
    }
  }

  private static void merge(
      Map<Signal, Map<String, Long>> into, Signal signal, Map<String, Long> byReason) {
    Map<String, Long> sum = into.computeIfAbsent(signal, s -> new TreeMap<>());
    byReason.forEach((reason, count) -> sum.merge(reason, count, Long::sum));
  }
}
