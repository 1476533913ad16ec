// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel;

import io.taskscope.hook.TelemetryDrops;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the spans that were recorded and then lost on their way out, by reason. Fed by the parts
 * in {@code io.taskscope.otel.sdk}. {@code TelemetryDrops.add(TelemetryDrops.Signal.SPANS,
 * drops::counts)} shows them to everyone, for instance as {@code
 * taskscope_telemetry_dropped_total{signal="spans",reason="queue_full"}}.
 *
 * <p>Thread-safe. Counts only grow.
 */
public final class SpanDrops {

  /** Why spans are lost. */
  public enum Reason {
    /**
     * They came faster than they could be exported, or export failed so long that the queue filled.
     */
    QUEUE_FULL,
    /** The exporter could not deliver them, retries included. */
    EXPORT_FAILED,
    /** They ended after the SDK was shut down. */
    ALREADY_SHUTDOWN,
    /** A reason of the SDK that this version does not know. */
    OTHER;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** The value of the {@code reason} label in telemetry: the name in lower case. */
    public String label() {
      return label;
    }
  }

  /** Shown from the moment there is an SDK that counts here. */
  private static final class OfAutoConfiguration {
    static final SpanDrops DROPS = new SpanDrops();

    static {
      TelemetryDrops.add(TelemetryDrops.Signal.SPANS, DROPS::counts);
    }
  }

  private final Map<Reason, LongAdder> counters = new EnumMap<>(Reason.class); // never changed

  /** Counters at zero. */
  public SpanDrops() {
    for (Reason reason : Reason.values()) {
      counters.put(reason, new LongAdder());
    }
  }

  /**
   * What was lost by SDKs that the autoconfiguration has set up. Is in {@link TelemetryDrops}, and
   * so in the metrics; not to be added once more.
   */
  public static SpanDrops ofAutoConfiguration() {
    return OfAutoConfiguration.DROPS;
  }

  /**
   * Counts lost spans.
   *
   * @throws IllegalArgumentException if the number is negative
   */
  public void add(Reason reason, long spans) {
    if (spans < 0) {
      throw new IllegalArgumentException(
          "the number of lost spans must not be negative, but is " + spans);
    }
    counter(reason).add(spans);
  }

  /** The number of spans lost for one reason. */
  public long count(Reason reason) {
    return counter(reason).sum();
  }

  /** The number of lost spans by {@linkplain Reason#label label}; every reason is present. */
  public Map<String, Long> counts() {
    Map<String, Long> byLabel = new TreeMap<>();
    counters.forEach((reason, counter) -> byLabel.put(reason.label(), counter.sum()));
    return byLabel;
  }

  /** The number of all lost spans. */
  public long total() {
    return counters.values().stream().mapToLong(LongAdder::sum).sum();
  }

  private LongAdder counter(Reason reason) {
    return Objects.requireNonNull(counters.get(Objects.requireNonNull(reason, "reason")));
  }
}
