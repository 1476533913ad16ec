// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.taskscope.RaceMode;
import io.taskscope.Spans;
import io.taskscope.Task;
import io.taskscope.TaskFailedException;
import io.taskscope.TaskScope;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Spans of scopes in block form. */
class BlockSpanTest extends TracedTree {
  @Test
  void block_isTheParentOfItsTasksAndOfWhatItsOwnerDoes() throws Exception {
    root.call(
        "request",
        () -> {
          Context before = Context.current();
          try (TaskScope block = TaskScope.open("checkout")) {
            block.spawn("price", () -> block.spawn("discount", () -> 1).get());
            tracer.spanBuilder("select").startSpan().end();
            block.join();
          }
          assertThat(Context.current()).isSameAs(before);
          tracer.spanBuilder("after").startSpan().end();
        });

    SpanData block = spans.named("checkout");
    assertThat(parent("checkout")).isEqualTo("request");
    assertThat(parent("price")).isEqualTo("checkout");
    assertThat(parent("discount")).isEqualTo("price");
    assertThat(parent("select")).isEqualTo("checkout");
    assertThat(parent("after")).isEqualTo("request");
    assertThat(attributes(block))
        .containsEntry("taskscope.scope.path", "/web/checkout")
        .containsEntry("taskscope.scope.tasks.success", 2L)
        .containsEntry("taskscope.scope.tasks.failure", 0L)
        .containsEntry("taskscope.scope.tasks.cancelled", 0L)
        .containsEntry("taskscope.scope.tasks.abandoned", 0L)
        .doesNotContainKey("taskscope.task.id");
    assertThat(block.getEndEpochNanos()).isGreaterThanOrEqualTo(block.getStartEpochNanos());
  }

  @Test
  void blockThatFails_countsHowItsTasksEnded() throws Exception {
    root.call(
        "request",
        () -> {
          try (TaskScope block = TaskScope.open("checkout")) {
            CountDownLatch waits = new CountDownLatch(1);
            block.spawn(
                "waits",
                () -> {
                  waits.countDown();
                  new CountDownLatch(1).await();
                });
            waits.await();
            block.spawn("fails", OptionsTest::fail);
            assertThatThrownBy(block::join).isInstanceOf(TaskFailedException.class);
          }
        });

    assertThat(attributes(spans.named("checkout")))
        .containsEntry("taskscope.scope.tasks.failure", 1L)
        .containsEntry("taskscope.scope.tasks.cancelled", 1L);
  }

  @Test
  void blocksInBlocks_areNested() throws Exception {
    try (TaskScope outer = TaskScope.open("outer")) {
      try (TaskScope inner = TaskScope.open("inner")) {
        inner.spawn("work", () -> 1).get();
      }
      outer.spawn("more", () -> 1).get();
    }

    assertThat(parent("work")).isEqualTo("inner");
    assertThat(parent("inner")).isEqualTo("outer");
    assertThat(parent("more")).isEqualTo("outer");
    assertThat(spans.named("outer").getParentSpanContext().isValid()).isFalse();
    assertThat(Context.current()).isSameAs(Context.root());
  }

  @Test
  void race_isABlockWithItsRunnersBelow() throws Exception {
    root.call(
        "request",
        () ->
            TaskScope.race(
                "mirrors",
                RaceMode.FIRST_SUCCESS,
                List.of(() -> 1, new CountDownLatch(1)::toString)));

    SpanData race =
        spans.all().stream()
            .filter(span -> span.getAttributes().get(SpanAttribute.TASKS_SUCCESS.number()) != null)
            .findFirst()
            .orElseThrow();
    assertThat(race.getName()).isEqualTo("mirrors");
    assertThat(spans.all())
        .filteredOn(span -> span.getName().equals("mirrors") && span != race)
        .hasSize(2)
        .allSatisfy(runner -> assertThat(runner.getParentSpanId()).isEqualTo(race.getSpanId()));
  }

  @Test
  void taskSpawnedIntoABlockFromAThreadWithoutContext_isAChildOfTheBlock() throws Exception {
    try (TaskScope block = TaskScope.open("block")) {
      Thread raw = Thread.ofPlatform().start(() -> block.spawn("from outside", () -> 1));
      raw.join();
      block.join();
    }

    assertThat(parent("from outside")).isEqualTo("block");
  }

  @Test
  void rawThreadOfATask_spawnsChildrenOfThatTask() throws Exception {
    root.call(
        "request",
        () -> {
          Thread raw = Thread.startVirtualThread(() -> root.spawn("indirect", () -> 1));
          raw.join();
        });
    spans.await(ended -> ended.size() == 2);

    assertThat(parent("indirect")).isEqualTo("request");
  }

  @Test
  void blockClosedByAnotherThread_endsItsSpan() throws Exception {
    AtomicReference<Thread> opener = new AtomicReference<>();
    Thread thread =
        Thread.ofPlatform()
            .start(
                () -> {
                  opener.set(Thread.currentThread());
                  TaskScope block = TaskScope.open("block");
                  Thread closer = Thread.ofPlatform().start(block::close);
                  try {
                    closer.join();
                  } catch (InterruptedException e) {
                    throw new AssertionError(e);
                  }
                  block.close(); // the owner is late, and still gives its context back
                });
    thread.join();

    assertThat(spans.all()).extracting(SpanData::getName).containsExactly("block");
  }

  @Test
  void bridgeClosedInsideABlock_leavesNoContextBehind() {
    try (TaskScope block = TaskScope.open("block")) {
      assertThat(Span.current().getSpanContext().isValid()).isTrue();
      bridge.close();
      assertThat(block.path()).isEqualTo("/block");
    }

    assertThat(Context.current()).isSameAs(Context.root());
    assertThat(spans.all()).extracting(SpanData::getName).containsExactly("block");
  }

  @Test
  void blockOfAShutDownScope_endsItsSpanAndGivesItsContextBack() throws Exception {
    TaskScope app =
        root.child("app", o -> o.drainTimeout(Duration.ZERO).cancelTimeout(Duration.ofSeconds(20)));
    CountDownLatch inside = new CountDownLatch(1);
    Task<Void> task =
        app.spawn(
            "holds",
            () -> {
              try (TaskScope block = TaskScope.open("block")) {
                inside.countDown();
                block.spawn("waits", () -> new CountDownLatch(1).await());
                block.join();
              }
            });
    inside.await();
    app.shutdown(Duration.ofSeconds(20));

    assertThat(task.isDone()).isTrue();
    assertThat(parent("block")).isEqualTo("holds");
    assertThat(parent("waits")).isEqualTo("block");
  }

  @Test
  void spansOff_andNotAll_giveBlocksNoSpan() throws Exception {
    for (Spans choice : List.of(Spans.OFF, Spans.FAILED_ONLY)) {
      try (TaskScope block = TaskScope.open("block", o -> o.spans(choice))) {
        block.spawn("work", () -> 1).get();
      }
    }
    assertThat(spans.all()).isEmpty();
  }
}
