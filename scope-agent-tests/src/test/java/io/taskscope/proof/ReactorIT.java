// SPDX-License-Identifier: Apache-2.0
package io.taskscope.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskscope.ShutdownReport;
import io.taskscope.TaskScope;
import io.taskscope.testing.TaskscopeExtension;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Reactor, whose schedulers are pools that all publishers share. */
@Timeout(value = 90, threadMode = ThreadMode.SEPARATE_THREAD)
class ReactorIT {
  private static final int ITEMS = 40;
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @RegisterExtension final TaskscopeExtension taskscope = new TaskscopeExtension();

  private Scheduler parallel;
  private Scheduler elastic;

  @BeforeEach
  void schedulers() {
    parallel = Schedulers.newParallel("proof-parallel", 2);
    elastic = Schedulers.newBoundedElastic(3, 1_000, "proof-elastic");
  }

  @AfterEach
  void dispose() {
    parallel.dispose();
    elastic.dispose();
  }

  private Scheduler named(String name) {
    return name.equals("parallel") ? parallel : elastic;
  }

  @ParameterizedTest
  @ValueSource(strings = {"parallel", "elastic"})
  void subscribeOn_byTwoScopes_eachIsAMemberAndNothingStays(String name) throws Exception {
    Scheduler scheduler = named(name);
    TaskScope a = taskscope.root("reactor-a");
    TaskScope b = taskscope.root("reactor-b");

    List<Where> inA = a.spawn("subscribe", () -> subscribeOn(scheduler)).get();
    List<Where> inB = b.spawn("subscribe", () -> subscribeOn(scheduler)).get();
    List<Where> outside = subscribeOn(scheduler);

    assertThat(inA).hasSize(ITEMS).allMatch(where -> where.isMemberOf(a));
    assertThat(inB).hasSize(ITEMS).allMatch(where -> where.isMemberOf(b));
    assertThat(outside).hasSize(ITEMS).allMatch(where -> where.path().equals(Where.NOWHERE));
    Await.quiet(a);
    Await.quiet(b);
    assertThat(ScopeCounts.adopted(a)).isGreaterThanOrEqualTo(ITEMS);
    assertThat(ScopeCounts.finished(a).failure()).isZero();
  }

  private static List<Where> subscribeOn(Scheduler scheduler) {
    return Flux.range(0, ITEMS)
        .flatMap(i -> Mono.fromCallable(Where::here).subscribeOn(scheduler))
        .collectList()
        .block(PATIENCE);
  }

  @Test
  void publishOn_fromATask_signalsAreInItsScope() throws Exception {
    TaskScope scope = taskscope.root("reactor-publish");

    List<Where> seen =
        scope
            .spawn(
                "subscribe",
                () ->
                    Flux.range(0, ITEMS)
                        .publishOn(elastic)
                        .map(i -> Where.here())
                        .publishOn(parallel)
                        .collectList()
                        .block(PATIENCE))
            .get();

    assertThat(seen).hasSize(ITEMS).allMatch(where -> where.path().equals("/reactor-publish"));
    Await.quiet(scope);
  }

  @Test
  void delay_fromATask_continuesInItsScope() throws Exception {
    TaskScope scope = taskscope.root("reactor-delay");

    Where seen =
        scope
            .spawn(
                "subscribe",
                () ->
                    Mono.delay(Duration.ofMillis(5), parallel)
                        .map(zero -> Where.here())
                        .block(PATIENCE))
            .get();

    assertThat(seen.isMemberOf(scope)).as("" + seen).isTrue();
    Await.quiet(scope);
  }

  @Test
  void shutdown_whileAnIntervalGoesOn_endsInTimeAndTheSchedulerServesOthers() throws Exception {
    TaskScope scope =
        taskscope.root(
            "interval",
            o -> o.drainTimeout(Duration.ofMillis(100)).cancelTimeout(Duration.ofSeconds(5)));
    scope.spawn("subscribe", () -> Flux.interval(Duration.ofMillis(5), parallel).subscribe()).get();

    ShutdownReport report = scope.shutdown(Duration.ofSeconds(10));

    assertThat(report.abandoned()).isEmpty();
    assertThat(subscribeOn(parallel))
        .hasSize(ITEMS)
        .allMatch(where -> where.path().equals(Where.NOWHERE));
  }
}
