// SPDX-License-Identifier: Apache-2.0
package io.taskscope.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskscope.Task;
import io.taskscope.TaskScope;
import io.taskscope.hook.HookRegistration;
import io.taskscope.hook.Hooks;
import io.taskscope.hook.TaskHook;
import io.taskscope.hook.TraceContext;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ExemplarTest {
  private static final long TRACE_HIGH = 0x0af7651916cd43ddL;

  /**
   * Stands for a tracing library: the low half of the trace id and the span id are the task's id.
   */
  private static final class Tracing implements TaskHook {
    @Override
    public void taskCreated(Task<?> task) {
      if (!task.name().equals("untraced")) {
        boolean sampled = !task.name().equals("unsampled");
        task.attach(TraceContext.KEY, TraceContext.of(TRACE_HIGH, task.id(), task.id(), sampled));
      }
    }
  }

  private final HookRegistration tracing = Hooks.add(new Tracing()); // before the metrics
  private final Fixture fixture = Fixture.bound();
  private final TaskScope root =
      fixture.root(Fixture.freshName(), o -> o.cancelTimeout(Duration.ZERO));

  @AfterEach
  void close() {
    fixture.close();
    tracing.close();
  }

  private String openMetrics() {
    fixture.metrics.refresh();
    return fixture.registry.scrape(ScrapeFormat.OPEN_METRICS.contentType());
  }

  /** The line of a bucket, of this path and outcome, that has the exemplar of this task. */
  private Pattern bucketWith(Task<?> task, String path, String outcome) {
    return Pattern.compile(
        ("^taskscope_task_duration_seconds_bucket"
                + "\\{outcome=\"%s\",scope_path=\"%s\",le=\"[^\"]+\"} \\d+ "
                + "# \\{span_id=\"%016x\",trace_id=\"0af7651916cd43dd%016x\"} .*$")
            .formatted(outcome, Pattern.quote(path), task.id(), task.id()),
        Pattern.MULTILINE);
  }

  @Test
  void exemplar_ofATaskWithASpan_isInTheBucketOfItsDuration() throws Exception {
    Task<Void> task = root.spawn("traced", () -> {});
    task.get();

    assertThat(openMetrics()).containsPattern(bucketWith(task, root.path(), "success"));
  }

  /** Prometheus before 3.0 refuses a scrape that has them anywhere else. */
  @Test
  void exemplars_withBucketExemplars_areOnBucketsOnly() throws Exception {
    root.spawn("traced", () -> {}).get();

    assertThat(openMetrics().lines().filter(line -> line.contains(" # {")))
        .isNotEmpty()
        .allMatch(line -> line.contains("_bucket{"));
  }

  @Test
  void exemplar_ofACalledTask_isThatOfTheCalledTaskNotOfItsCaller() {
    root.call(
        "outer",
        () -> {
          TaskScope inner = root.child("inner");
          Task<?> called =
              inner.<Task<?>, RuntimeException>call("called", () -> Task.current().orElseThrow());
          assertThat(openMetrics()).containsPattern(bucketWith(called, inner.path(), "success"));
        });
  }

  @Test
  void exemplar_ofATaskCancelledBeforeItBegan_isItsOwnAlthoughAnotherThreadRecordsIt() {
    TaskScope child = root.child("child", o -> o.hook(new CancelOnCreation()));
    Task<?> cancelled =
        root.<Task<?>, RuntimeException>call("canceller", () -> child.spawn("never", () -> {}));

    assertThat(openMetrics()).containsPattern(bucketWith(cancelled, child.path(), "cancelled"));
  }

  private static final class CancelOnCreation implements TaskHook {
    @Override
    public void taskCreated(Task<?> task) {
      task.cancel("at birth");
    }
  }

  @Test
  void exemplar_ofAnAbandonedTask_isItsOwnAlthoughAnotherThreadRecordsIt() throws Exception {
    CountDownLatch mayEnd = new CountDownLatch(1);
    CountDownLatch started = new CountDownLatch(1);
    TaskScope child =
        root.child("child", o -> o.drainTimeout(Duration.ZERO).cancelTimeout(Duration.ofMillis(1)));
    Task<Void> stubborn =
        child.spawn(
            "stubborn",
            () -> {
              started.countDown();
              boolean ended = false;
              while (!ended) {
                try {
                  mayEnd.await();
                  ended = true;
                } catch (InterruptedException e) {
                  // this is what makes it stubborn
                }
              }
            });
    started.await();
    TaskScope keepsThePath = root.child("child");
    child.shutdown(Duration.ofSeconds(5));
    String text = openMetrics();
    mayEnd.countDown();

    assertThat(text).containsPattern(bucketWith(stubborn, keepsThePath.path(), "abandoned"));
  }

  @Test
  void exemplar_ofATaskWithoutSampledSpan_isAbsent() throws Exception {
    root.spawn("untraced", () -> {}).get();
    root.spawn("unsampled", () -> {}).get();

    assertThat(openMetrics())
        .contains(
            "taskscope_task_duration_seconds_count{outcome=\"success\",scope_path=\"%s\"} 2"
                .formatted(root.path()))
        .doesNotContain("trace_id");
  }

  @Test
  void spanContext_outsideOfTasks_hasNoSpan() {
    TaskSpanContext context = new TaskSpanContext();

    assertThat(context.getCurrentTraceId()).isNull();
    assertThat(context.getCurrentSpanId()).isNull();
    assertThat(context.isCurrentSpanSampled()).isFalse();
  }

  @Test
  void spanContext_inATask_isThatOfTheTaskAsHexadecimalDigits() {
    TaskSpanContext context = new TaskSpanContext();

    root.call(
        "traced",
        () -> {
          long id = Task.current().orElseThrow().id();
          assertThat(context.getCurrentTraceId()).isEqualTo("0af7651916cd43dd%016x".formatted(id));
          assertThat(context.getCurrentSpanId()).isEqualTo("%016x".formatted(id));
          assertThat(context.isCurrentSpanSampled()).isTrue();
          context.markCurrentSpanAsExemplar();
        });
  }
}
