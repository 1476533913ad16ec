// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.taskscope.Policy;
import io.taskscope.RaceMode;
import io.taskscope.Task;
import io.taskscope.TaskScope;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * For any program of scopes, blocks, spawns, calls, races and failures the exported spans are the
 * tree that the program was. The program is drawn from a seed, and each thing it does writes down
 * what it is a child of, as it sees it itself.
 */
class TreePropertyTest extends TracedTree {
  private static final int PROGRAMS = 60;
  private static final int MAX_THINGS = 120;

  /** What the program says of a span there has to be. */
  private record Expected(String name, String parent, String linkedTo) {}

  private static final Comparator<Expected> ORDER =
      Comparator.comparing(Expected::name)
          .thenComparing(Expected::parent)
          .thenComparing(Expected::linkedTo);

  private final Queue<Expected> expected = new ConcurrentLinkedQueue<>();
  private final AtomicInteger made = new AtomicInteger();
  private final List<TaskScope> scopes = new ArrayList<>();

  static List<Long> seeds() {
    return new Random(20261125).longs(PROGRAMS).boxed().toList();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void exportedSpans_ofARandomProgram_rebuildItsTree(long seed) throws Exception {
    Random random = new Random(seed);
    scopes.add(root.child("handlers"));
    scopes.add(scopes.getFirst().child("below"));
    scopes.add(root.child("background"));
    int tops = 1 + random.nextInt(4);
    for (int i = 0; i < tops; i++) {
      long next = random.nextLong();
      TaskScope scope = scopes.get(random.nextInt(scopes.size()));
      String name = name("top");
      expected.add(new Expected(name, "", ""));
      scope.spawn(name, () -> act(new Random(next), scope, name, 0));
    }
    root.join();
    for (TaskScope scope : scopes) {
      scope.join();
    }

    List<Expected> wanted = expected.stream().sorted(ORDER).toList();
    spans.await(ended -> ended.size() >= wanted.size());
    assertThat(rebuilt()).as("seed %s", seed).isEqualTo(wanted);
  }

  private List<Expected> rebuilt() {
    List<SpanData> all = spans.all();
    Map<String, SpanData> byId =
        all.stream().collect(Collectors.toMap(SpanData::getSpanId, Function.identity()));
    List<Expected> tree = new ArrayList<>();
    for (SpanData span : all) {
      String parent = "";
      if (span.getParentSpanContext().isValid()) {
        SpanData above = byId.get(span.getParentSpanId());
        assertThat(above).as("the parent of %s", span).isNotNull();
        assertThat(above.getTraceId()).isEqualTo(span.getTraceId());
        parent = above.getName();
      }
      String linked =
          span.getLinks().stream()
              .map(LinkData::getSpanContext)
              .map(context -> byId.get(context.getSpanId()).getName())
              .collect(Collectors.joining());
      tree.add(new Expected(span.getName(), parent, linked));
    }
    return tree.stream().sorted(ORDER).toList();
  }

  private String name(String what) {
    return what + "-" + made.incrementAndGet();
  }

  /**
   * Does some things inside a task or block.
   *
   * @param scope the scope of the task, or the block
   * @param self the name of the span around
   */
  private Integer act(Random random, TaskScope scope, String self, int depth) throws Exception {
    int things = depth > 5 ? 0 : random.nextInt(4);
    for (int i = 0; i < things && made.get() < MAX_THINGS; i++) {
      Random next = new Random(random.nextLong());
      switch (random.nextInt(7)) {
        case 0, 1 -> spawn(next, scope, self, depth);
        case 2 -> call(next, scope, self, depth);
        case 3 -> block(next, self, depth);
        case 4 -> race(next, self);
        case 5 -> spawn(next, scopes.get(next.nextInt(scopes.size())), self, depth);
        default -> library(self);
      }
    }
    if (random.nextInt(6) == 0) {
      throw new IllegalStateException("drawn");
    }
    return things;
  }

  private void library(String self) {
    String name = name("library");
    expected.add(new Expected(name, self, ""));
    tracer.spanBuilder(name).startSpan().end();
  }

  private void spawn(Random random, TaskScope into, String self, int depth) throws Exception {
    String name = name("spawned");
    boolean detached = !into.isBlock() && !isIn(into, TaskScope.current().orElseThrow());
    expected.add(detached ? new Expected(name, "", self) : new Expected(name, self, ""));
    Task<Integer> task = into.spawn(name, () -> act(random, into, name, depth + 1));
    if (!detached && random.nextBoolean()) {
      ignoringFailures(task::get);
    }
  }

  /** By the names alone: the code under test is not asked. */
  private static boolean isIn(TaskScope scope, TaskScope around) {
    return scope == around || scope.path().startsWith(around.path() + "/");
  }

  private void call(Random random, TaskScope scope, String self, int depth) throws Exception {
    String name = name("called");
    expected.add(new Expected(name, self, ""));
    ignoringFailures(() -> scope.call(name, () -> act(random, scope, name, depth + 1)));
  }

  private void block(Random random, String self, int depth) throws Exception {
    String name = name("block");
    expected.add(new Expected(name, self, ""));
    ignoringFailures(
        () -> {
          try (TaskScope block = TaskScope.open(name, o -> o.policy(Policy.SUPERVISE))) {
            act(random, block, name, depth + 1);
            block.join();
          }
          return null;
        });
  }

  private void race(Random random, String self) throws Exception {
    String name = name("race");
    expected.add(new Expected(name, self, ""));
    List<Callable<Integer>> bodies = new ArrayList<>();
    int runners = 1 + random.nextInt(3);
    for (int i = 0; i < runners; i++) {
      boolean fails = random.nextInt(3) == 0;
      expected.add(new Expected(name, name, "")); // a runner has the name of its race
      bodies.add(() -> runner(name, fails));
    }
    ignoringFailures(() -> TaskScope.race(name, RaceMode.FIRST_SUCCESS, bodies));
  }

  private Integer runner(String race, boolean fails) {
    library(race);
    if (fails) {
      throw new IllegalStateException("drawn");
    }
    return 1;
  }

  private static void ignoringFailures(Callable<?> action) throws InterruptedException {
    try {
      action.call();
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception drawn) {
      // It is in the tree all the same.
    }
  }
}
