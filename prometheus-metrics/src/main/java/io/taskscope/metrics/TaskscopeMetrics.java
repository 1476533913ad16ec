// SPDX-License-Identifier: Apache-2.0
package io.taskscope.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.taskscope.TaskScope;
import io.taskscope.hook.HookRegistration;
import io.taskscope.hook.HookStatus;
import io.taskscope.hook.Hooks;
import io.taskscope.hook.TelemetryDrops;
import io.taskscope.view.Statistics;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Publishes the scopes and tasks of this JVM as meters, by scope path. The meters are those of
 * {@link TaskscopeMeter}.
 *
 * <pre>{@code
 * TaskscopeMetrics metrics = new TaskscopeMetrics();
 * metrics.bindTo(registry);
 * }</pre>
 *
 * <p>One per JVM is enough: it can be bound to several registries of any kind. Where a tracing hook
 * is used too, register that first, so that a task's span is known when the task is recorded.
 *
 * <p><b>Cost.</b> Counts are read from the core when a registry is scraped or published, with one
 * walk over the scopes per scrape. Only the histograms record on the application's threads, when a
 * task starts and when it ends.
 *
 * <p><b>Series</b> of a path appear with its first scope, and are removed {@link #RETENTION} after
 * the path was found gone, that is, after the first scrape that follows the closing of its last
 * scope. The series of steps are there only with the agent.
 *
 * <p>Thread-safe.
 */
public final class TaskscopeMetrics implements MeterBinder, AutoCloseable {
  /** The upper bounds of the buckets of every histogram, but for the infinite one. */
  public static final List<Duration> BUCKETS =
      List.of(
          Duration.ofMillis(1),
          Duration.ofMillis(5),
          Duration.ofMillis(10),
          Duration.ofMillis(25),
          Duration.ofMillis(50),
          Duration.ofMillis(100),
          Duration.ofMillis(250),
          Duration.ofMillis(500),
          Duration.ofSeconds(1),
          Duration.ofMillis(2_500),
          Duration.ofSeconds(10),
          Duration.ofSeconds(60));

  /**
   * For how long the series of a path are shown after the path is gone: 5 minutes, so that its last
   * counts and how it was shut down are scraped a few times.
   */
  public static final Duration RETENTION = Duration.ofMinutes(5);

  private static final System.Logger LOG = System.getLogger(TaskscopeMetrics.class.getName());
  private static final Set<String> SIGNALS =
      Arrays.stream(TelemetryDrops.Signal.values())
          .map(TelemetryDrops.Signal::label)
          .collect(Collectors.toUnmodifiableSet());

  private final Supplier<Statistics> statistics;
  private final List<Source> sources;

  // Guards the coming and going of meters. Meters are read under locks of their registries, so a
  // reading never waits for it.
  private final ReentrantLock registration = new ReentrantLock();
  private final Registries registries = new Registries();
  private final Registries.Group global = new Registries.Group();
  private final Readings readings;
  private final PathTable table;
  private final FindingCounts findingCounts;
  private final KeyedSeries findings;
  private final KeyedSeries buildInfo;
  private final KeyedSeries hookFailures;
  private final KeyedSeries hookQuarantined;
  private final KeyedSeries dropped;

  private volatile boolean closed;
  private volatile double overflowed;
  private @Nullable HookRegistration hook; // guarded by registration
  private volatile boolean sourceFailed;

  /** Where the losses of one signal are counted. */
  private record Source(String signal, Supplier<? extends Map<String, Long>> byReason) {}

  /** Metrics without losses of telemetry; these come with a {@link #builder()}. */
  public TaskscopeMetrics() {
    this(new Builder());
  }

  private TaskscopeMetrics(Builder builder) {
    statistics = builder.statistics;
    sources = List.copyOf(builder.sources);
    readings = new Readings(builder.clock, this::read, this::update, this::reconcileIfFree);
    table = new PathTable(registries, registration, readings, builder.clock, RETENTION.toNanos());
    findingCounts = new FindingCounts(builder.clock);
    findings = new KeyedSeries(TaskscopeMeter.FINDINGS, registries, readings);
    buildInfo = new KeyedSeries(TaskscopeMeter.BUILD_INFO, registries, readings);
    hookFailures = new KeyedSeries(TaskscopeMeter.HOOK_FAILURES, registries, readings);
    hookQuarantined = new KeyedSeries(TaskscopeMeter.HOOK_QUARANTINED, registries, readings);
    dropped = new KeyedSeries(TaskscopeMeter.TELEMETRY_DROPPED, registries, readings);
  }

  /** {@return a builder, for metrics that also show where telemetry is lost} */
  public static Builder builder() {
    return new Builder();
  }

  /** Builds {@link TaskscopeMetrics}. Not thread-safe. */
  public static final class Builder {
    private final List<Source> sources = new ArrayList<>();
    private LongSupplier clock = System::nanoTime;
    private Supplier<Statistics> statistics = TaskScope::statistics;

    private Builder() {}

    /**
     * Shows how much telemetry of one signal has been dropped, as {@link
     * TaskscopeMeter#TELEMETRY_DROPPED}. Completions the core drops, and whatever is registered
     * with {@link TelemetryDrops}, are shown without this.
     *
     * @param signal one of {@code history}, {@code completions}, {@code spans}, {@code jfr} and
     *     {@code console}; given twice, the counts are added up
     * @param byReason gives the counts since the start by reason, at every scrape; must be quick,
     *     and reasons few
     * @return this builder
     * @throws IllegalArgumentException if there is no such signal
     */
    public Builder dropped(String signal, Supplier<? extends Map<String, Long>> byReason) {
      if (!SIGNALS.contains(signal)) {
        throw new IllegalArgumentException(
            "unknown signal \"%s\": it must be one of %s"
                .formatted(signal, String.join(", ", new TreeSet<>(SIGNALS))));
      }
      sources.add(new Source(signal, Objects.requireNonNull(byReason, "byReason")));
      return this;
    }

    Builder clock(LongSupplier nanos) {
      clock = nanos;
      return this;
    }

    Builder statistics(Supplier<Statistics> source) {
      statistics = source;
      return this;
    }

    /** {@return the metrics, not yet bound to a registry} */
    public TaskscopeMetrics build() {
      return new TaskscopeMetrics(this);
    }
  }

  static Duration[] buckets() {
    return BUCKETS.toArray(Duration[]::new);
  }

  /**
   * Publishes on this registry from now on. Counts are complete from the start; histograms begin
   * here.
   *
   * @throws IllegalArgumentException if the registry shows these metrics already
   * @throws IllegalStateException if these metrics are closed
   */
  @Override
  public void bindTo(MeterRegistry registry) {
    registration.lock();
    try {
      if (closed) {
        throw new IllegalStateException("cannot bind metrics that have been closed");
      }
      // Otherwise two hooks would record into the same histograms.
      if (registry.find(TaskscopeMeter.PATHS_OVERFLOWED.meterName()).meter() != null) {
        throw new IllegalArgumentException(
            "this %s has the meters of Taskscope already: bind one TaskscopeMetrics to it, once"
                .formatted(registry.getClass().getSimpleName()));
      }
      bind(Target.of(registry, readings::use));
      if (hook == null) {
        hook = Hooks.add(new MetricsHook(this, table));
      }
    } finally {
      registration.unlock();
    }
    refresh();
  }

  private void bind(Target target) {
    registries.addReading(
        target, global, TaskscopeMeter.PATHS_OVERFLOWED, this, TaskscopeMetrics::overflowed);
    registries.addReading(
        target, global, TaskscopeMeter.TASK_NAMES_OVERFLOWED, table, PathTable::namesOverflowed);
    table.bind(target);
    keyed().forEach(series -> series.bind(target));
    registries.bound().add(target);
  }

  private List<KeyedSeries> keyed() {
    return List.of(findings, buildInfo, hookFailures, hookQuarantined, dropped);
  }

  /**
   * Brings the meters up to date with the tree: values, and which series there are. {@link
   * ScrapeHandler} does it at every scrape. Other ways of scraping need not, as reading the first
   * meter of a scrape does the same, except that a path that closed may then be seen one last time.
   */
  public void refresh() {
    Reading reading = readings.refresh();
    if (reading != null) {
      registration.lock();
      try {
        reconcile(reading);
      } finally {
        registration.unlock();
      }
    }
  }

  /** Stops recording, and removes all its meters from all registries. May be called twice. */
  @Override
  public void close() {
    registration.lock();
    try {
      closed = true;
      if (hook != null) {
        hook.close();
        hook = null;
      }
      table.removeAll();
      keyed().forEach(KeyedSeries::remove);
      global.remove();
      registries.bound().forEach(Target::close);
      registries.bound().clear();
    } finally {
      registration.unlock();
    }
  }

  /** Writes everything in the registry, which may be bound or not, as of now. */
  void scrape(PrometheusMeterRegistry registry, OutputStream out, ScrapeFormat format)
      throws IOException {
    refresh();
    for (Target target : registries.bound()) {
      if (target.registry == registry && target instanceof PrometheusTarget prometheus) {
        prometheus.scrape(out, format);
        return;
      }
    }
    registry.scrape(out, format.contentType());
  }

  boolean isClosed() {
    return closed;
  }

  // ---- reading

  private double overflowed() {
    readings.use();
    return overflowed;
  }

  private Reading read(long number) {
    Statistics now = statistics.get();
    return new Reading(
        number, now, table.gone(now), findingCounts.read(now), Hooks.status(), readDropped(now));
  }

  private Map<List<String>, Long> readDropped(Statistics now) {
    Map<List<String>, Long> counts = new HashMap<>();
    counts.put(List.of("completions", "buffer_full"), now.completionsDropped());
    TelemetryDrops.counts()
        .forEach(
            (signal, byReason) ->
                byReason.forEach(
                    (reason, count) ->
                        counts.merge(List.of(signal.label(), reason), count, Long::sum)));
    for (Source source : sources) {
      try {
        source
            .byReason
            .get()
            .forEach(
                (reason, count) -> counts.merge(List.of(source.signal, reason), count, Long::sum));
      } catch (RuntimeException e) { // not a reason to lose the other metrics
        if (!sourceFailed) {
          sourceFailed = true;
          LOG.log(System.Logger.Level.WARNING, "Cannot read the losses of " + source.signal, e);
        }
      }
    }
    return counts;
  }

  private void update(Reading reading) {
    overflowed = reading.statistics().overflowed();
    table.update(reading);
    findings.update(reading.findings());
    hookFailures.update(failures(reading));
    hookQuarantined.update(quarantined(reading));
    dropped.update(reading.dropped());
  }

  /**
   * A meter is being read, perhaps with locks of its registry held: waiting could be a deadlock.
   */
  private void reconcileIfFree(Reading reading) {
    if (!registration.isHeldByCurrentThread() && registration.tryLock()) {
      try {
        reconcile(reading);
      } finally {
        registration.unlock();
      }
    }
  }

  private void reconcile(Reading reading) {
    if (!closed) {
      table.reconcile(reading);
      findings.reconcile(reading.findings());
      buildInfo.reconcile(
          Map.of(List.of(Version.VALUE, reading.statistics().agent().state().label()), 1));
      hookFailures.reconcile(failures(reading));
      hookQuarantined.reconcile(quarantined(reading));
      dropped.reconcile(reading.dropped());
    }
  }

  private static Map<List<String>, Long> failures(Reading reading) {
    Map<List<String>, Long> counts = new HashMap<>();
    for (HookStatus status : reading.hooks()) {
      status
          .failures()
          .forEach((method, count) -> counts.put(List.of(status.hook(), method), count));
    }
    return counts;
  }

  private static Map<List<String>, Integer> quarantined(Reading reading) {
    Map<List<String>, Integer> values = new HashMap<>();
    for (HookStatus status : reading.hooks()) {
      values.put(List.of(status.hook()), status.quarantined() ? 1 : 0);
    }
    return values;
  }
}
