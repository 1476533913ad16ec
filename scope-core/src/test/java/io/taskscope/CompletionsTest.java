// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(30)
class CompletionsTest {
  @RegisterExtension final TreeGuard guard = new TreeGuard();

  private static final Duration SOON = Duration.ofSeconds(10);

  private final ConcurrentLinkedQueue<Throwable> handled = new ConcurrentLinkedQueue<>();

  private TaskScope root() {
    return guard.root(
        "web",
        o ->
            o.drainTimeout(Duration.ZERO)
                .onFailure(
                    (task, error) -> {
                      handled.add(error);
                      return Decision.HANDLED;
                    }));
  }

  /** Ends when its latch opens. */
  private static Task<String> gated(TaskScope scope, String name, CountDownLatch gate) {
    return scope.spawn(
        name,
        () -> {
          gate.await();
          return name;
        });
  }

  private static Task<Object> failing(TaskScope scope, Throwable error) {
    return scope.spawn(
        "failing",
        () -> {
          if (error instanceof Exception exception) {
            throw exception;
          }
          throw (Error) error;
        });
  }

  // ---- completions()

  @Test
  void completions_ofTasks_comeInTheOrderOfTheirEnd() throws Exception {
    TaskScope web = root();
    CountDownLatch a = guard.latch();
    CountDownLatch b = guard.latch();
    CountDownLatch c = guard.latch();
    try (Completions<Object> ended = web.completions()) {
      gated(web, "a", a);
      gated(web, "b", b);
      gated(web, "c", c);

      b.countDown();
      Completion<Object> first = ended.next(SOON).orElseThrow();
      c.countDown();
      Completion<Object> second = ended.next(SOON).orElseThrow();
      a.countDown();
      Completion<Object> third = ended.next(SOON).orElseThrow();

      assertThat(List.of(first.result(), second.result(), third.result()))
          .containsExactly("b", "c", "a");
      assertThat(first.task().isDone()).isTrue();
      assertThat(first.isSuccess()).isTrue();
      assertThat(first.error()).isNull();
      assertThat(web.state()).isEqualTo(ScopeState.OPEN);
    }
  }

  @Test
  void completions_ofAllOutcomes_tellThem() throws Exception {
    TaskScope web = root();
    CountDownLatch never = guard.latch();
    IOException error = new IOException("no");
    try (Completions<Object> ended = web.completions()) {
      failing(web, error);
      Completion<Object> failure = ended.next(SOON).orElseThrow();
      gated(web, "cancelled", never).cancel("enough");
      Completion<Object> cancelled = ended.next(SOON).orElseThrow();

      assertThat(failure.error()).isSameAs(error);
      assertThat(failure.isSuccess()).isFalse();
      assertThatThrownBy(failure::result).isInstanceOf(IllegalStateException.class);
      assertThat(cancelled.outcome()).isInstanceOf(Outcome.Cancelled.class);
      assertThat(cancelled.error()).isNull();
    }
  }

  @Test
  void completions_beforeItWasOpened_areNotIn() throws Exception {
    TaskScope web = root();
    web.spawn("before", () -> "x").get();
    try (Completions<Object> ended = web.completions()) {
      web.spawn("after", () -> "y");
      assertThat(ended.next(SOON).orElseThrow().task().name()).isEqualTo("after");
    }
  }

  @Test
  void completions_ofScopesBelow_areNotIn() throws Exception {
    TaskScope web = root();
    TaskScope app = web.child("app");
    try (Completions<Object> ended = web.completions()) {
      app.spawn("below", () -> "x").get();
      web.spawn("own", () -> "y");
      assertThat(ended.next(SOON).orElseThrow().task().name()).isEqualTo("own");
    }
  }

  @Test
  void completions_withFailures_areNotReportedToHandlers() throws Exception {
    TaskScope web = root();
    try (Completions<Object> ended = web.completions()) {
      for (int i = 0; i < 200; i++) {
        failing(web, new IOException("no " + i));
        assertThat(ended.next(SOON).orElseThrow().error()).hasMessage("no " + i);
      }
    }
    assertThat(handled).isEmpty();
    failing(web, new IOException("after the reader left"));
    Eventually.holds(() -> handled.size() == 1);
  }

  @Test
  void completions_nobodyReads_areBoundedAndCountedAndReported() throws Exception {
    TaskScope web = root();
    long droppedBefore = TaskScope.statistics().completionsDropped();
    try (Completions<Object> ended = web.completions()) {
      for (int i = 0; i < CompletionBuffer.CAPACITY; i++) {
        web.call("t", () -> "x");
      }
      assertThat(ended.dropped()).isZero();
      for (int i = 0; i < 10; i++) {
        failing(web, new IOException("dropped"));
      }
      web.join();
      Eventually.holds(() -> handled.size() == 10);

      assertThat(ended.dropped()).isEqualTo(10);
      assertThat(TaskScope.statistics().completionsDropped() - droppedBefore).isEqualTo(10);
      int read = 0;
      while (ended.next(Duration.ZERO).isPresent()) {
        read++;
      }
      assertThat(read).isEqualTo(CompletionBuffer.CAPACITY);
      web.spawn("room again", () -> "x");
      assertThat(ended.next(SOON)).isPresent();
    }
  }

  @Test
  void completions_whenTheScopeCloses_endAfterTheLast() throws Exception {
    TaskScope web = root();
    CountDownLatch never = guard.latch();
    Completions<Object> ended = web.completions();
    gated(web, "cancelled", never);

    web.close();

    assertThat(ended.next().orElseThrow().outcome()).isInstanceOf(Outcome.Cancelled.class);
    assertThat(ended.next()).isEmpty();
    assertThat(ended.next(SOON)).isEmpty();
  }

  @Test
  void completions_ofClosedScope_endAtOnce() throws Exception {
    TaskScope web = root();
    web.close();

    assertThat(web.completions().next()).isEmpty();
  }

  @Test
  void next_waitingWhenTheScopeCloses_returnsEmpty() throws Exception {
    TaskScope web = root();
    Completions<Object> ended = web.completions();
    CompletableFuture<Optional<Completion<Object>>> waiting = new CompletableFuture<>();
    Thread reader = reader(ended, waiting);
    Eventually.holds(() -> reader.getState() == Thread.State.WAITING || isTimed(reader));

    web.close();

    assertThat(waiting.get(10, TimeUnit.SECONDS)).isEmpty();
  }

  @Test
  void next_waitingWhenTheStreamIsClosed_returnsEmpty() throws Exception {
    TaskScope web = root();
    Completions<Object> ended = web.completions();
    CompletableFuture<Optional<Completion<Object>>> waiting = new CompletableFuture<>();
    Thread reader = reader(ended, waiting);
    Eventually.holds(() -> reader.getState() == Thread.State.WAITING || isTimed(reader));

    ended.close();
    ended.close();

    assertThat(waiting.get(10, TimeUnit.SECONDS)).isEmpty();
    web.spawn("after", () -> "x").get();
    assertThat(ended.next()).isEmpty();
  }

  private static boolean isTimed(Thread thread) {
    return thread.getState() == Thread.State.TIMED_WAITING;
  }

  private static <T> Thread reader(
      Completions<T> ended, CompletableFuture<Optional<Completion<T>>> into) {
    return Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try {
                into.complete(ended.next());
              } catch (Throwable e) {
                into.completeExceptionally(e);
              }
            });
  }

  @Test
  void next_inTimeout_returnsEmptyAndLosesNothing() throws Exception {
    TaskScope web = root();
    CountDownLatch gate = guard.latch();
    try (Completions<Object> ended = web.completions()) {
      gated(web, "slow", gate);
      assertThat(ended.next(Duration.ofMillis(20))).isEmpty();
      assertThat(ended.next(Duration.ZERO)).isEmpty();
      gate.countDown();
      assertThat(ended.next(SOON)).isPresent();
      assertThatThrownBy(() -> ended.next(Duration.ofMillis(-1)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("PT-0.001S");
    }
  }

  @Test
  void next_interrupted_throws() throws Exception {
    TaskScope web = root();
    try (Completions<Object> ended = web.completions()) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(ended::next).isInstanceOf(InterruptedException.class);
    }
  }

  @Test
  void completions_withSeveralReaders_giveEachTaskToOne() throws Exception {
    TaskScope web = root();
    Set<Long> seen = ConcurrentHashMap.newKeySet();
    ConcurrentLinkedQueue<Long> twice = new ConcurrentLinkedQueue<>();
    int count = 1_000; // within the capacity, so that none is dropped
    try (Completions<Object> ended = web.completions()) {
      List<Thread> readers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        readers.add(
            Thread.ofPlatform()
                .start(
                    () -> {
                      try {
                        for (Optional<Completion<Object>> next = ended.next();
                            next.isPresent();
                            next = ended.next()) {
                          long id = next.get().task().id();
                          if (!seen.add(id)) {
                            twice.add(id);
                          }
                        }
                      } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                      }
                    }));
      }
      for (int i = 0; i < count; i++) {
        web.spawn("t", () -> "x");
      }
      web.join();
      web.close();
      for (Thread reader : readers) {
        reader.join();
      }
      assertThat(ended.dropped()).isZero();
    }
    assertThat(twice).isEmpty();
    assertThat(seen).hasSize(count);
  }

  @Test
  void completions_ofTwoStreams_giveEachTaskToBoth() throws Exception {
    TaskScope web = root();
    try (Completions<Object> one = web.completions();
        Completions<Object> two = web.completions()) {
      Task<String> task = web.spawn("t", () -> "x");
      assertThat(one.next(SOON).orElseThrow().task()).isSameAs(task);
      assertThat(two.next(SOON).orElseThrow().task()).isSameAs(task);
    }
  }

  @Test
  void stream_ofCompletions_endsWithTheScope() {
    TaskScope web = root();
    Completions<Object> ended = web.completions();
    for (int i = 0; i < 5; i++) {
      int number = i;
      web.spawn("t", () -> number);
    }
    web.child("closer").onClose("nothing", () -> {});
    CompletableFuture<Void> closing =
        CompletableFuture.runAsync(() -> web.shutdown(Duration.ofSeconds(5)));

    try (Stream<Completion<Object>> stream = ended.stream()) {
      assertThat(stream.map(c -> c.task().id()).toList()).hasSize(5).doesNotHaveDuplicates();
    }
    closing.join();
  }

  @Test
  void stream_closed_closesTheCompletions() throws Exception {
    TaskScope web = root();
    Completions<Object> ended = web.completions();
    web.spawn("t", () -> "x");
    ended.stream().close();

    assertThat(ended.next()).isEmpty();
  }

  @Test
  void stream_ofInterruptedReader_endsAndStaysInterrupted() throws Exception {
    TaskScope web = root();
    AtomicReference<Boolean> interrupted = new AtomicReference<>();
    Completions<Object> ended = web.completions();
    Thread reader =
        Thread.ofPlatform()
            .start(
                () -> {
                  long count = ended.stream().count();
                  interrupted.set(count == 0 && Thread.currentThread().isInterrupted());
                });
    reader.interrupt();
    reader.join();

    assertThat(interrupted).hasValue(true);
    ended.close();
  }

  // ---- asCompleted

  @Test
  void asCompleted_ofRunningTasks_endsAfterTheLast() throws Exception {
    TaskScope web = root();
    CountDownLatch a = guard.latch();
    CountDownLatch b = guard.latch();
    List<Task<String>> tasks = List.of(gated(web, "a", a), gated(web, "b", b));
    try (Completions<String> ended = TaskScope.asCompleted(tasks)) {
      b.countDown();
      assertThat(ended.next().orElseThrow().result()).isEqualTo("b");
      a.countDown();
      assertThat(ended.next().orElseThrow().result()).isEqualTo("a");
      assertThat(ended.next()).isEmpty();
      assertThat(ended.dropped()).isZero();
    }
  }

  @Test
  void asCompleted_ofFinishedTasks_givesThem() throws Exception {
    TaskScope web = root();
    Task<Integer> one = web.spawn("one", () -> 1);
    Task<Integer> two = web.spawn("two", () -> 2);
    web.join();

    try (Completions<Integer> ended = TaskScope.asCompleted(List.of(one, two))) {
      Set<Integer> results = new HashSet<>();
      ended.stream().forEach(c -> results.add(c.result()));
      assertThat(results).containsExactlyInAnyOrder(1, 2);
    }
  }

  @Test
  void asCompleted_ofNothing_endsAtOnce() throws Exception {
    assertThat(TaskScope.asCompleted(List.<Task<String>>of()).next()).isEmpty();
  }

  @Test
  void asCompleted_ofManyTasks_dropsNone() throws Exception {
    TaskScope web = root();
    List<Task<Integer>> tasks = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      int number = i;
      tasks.add(web.spawn("t", () -> number));
    }
    try (Completions<Integer> ended = TaskScope.asCompleted(tasks)) {
      web.join();
      assertThat(ended.stream().map(Completion::result).distinct().count()).isEqualTo(5_000);
      assertThat(ended.dropped()).isZero();
    }
  }

  @Test
  void asCompleted_ofFailingTasks_areNotReportedToHandlers() throws Exception {
    TaskScope web = root();
    CountDownLatch gate = guard.latch();
    Task<String> failing =
        web.spawn(
            "failing",
            () -> {
              gate.await();
              throw new IOException("no");
            });
    try (Completions<String> ended = TaskScope.asCompleted(List.of(failing))) {
      gate.countDown();
      assertThat(ended.next().orElseThrow().error()).hasMessage("no");
    }
    assertThat(handled).isEmpty();
  }

  @Test
  void asCompleted_withSeveralReaders_wakesAllAtTheEnd() throws Exception {
    TaskScope web = root();
    for (int round = 0; round < 30; round++) {
      CountDownLatch gate = guard.latch();
      List<Task<String>> tasks = List.of(gated(web, "a", gate), gated(web, "b", gate));
      Completions<String> ended = TaskScope.asCompleted(tasks);
      List<CompletableFuture<Optional<Completion<String>>>> reads =
          Collections.synchronizedList(new ArrayList<>());
      for (int i = 0; i < 4; i++) {
        CompletableFuture<Optional<Completion<String>>> read = new CompletableFuture<>();
        reads.add(read);
        reader(ended, read);
      }
      gate.countDown();
      int got = 0;
      for (CompletableFuture<Optional<Completion<String>>> read : reads) {
        got += read.get(10, TimeUnit.SECONDS).isPresent() ? 1 : 0;
      }
      assertThat(got).isEqualTo(2);
    }
  }

  @Test
  void streamIterator_pastTheEnd_throwsNoSuchElement() {
    assertThatThrownBy(
            () -> TaskScope.asCompleted(List.<Task<String>>of()).stream().iterator().next())
        .isInstanceOf(NoSuchElementException.class);
  }
}
