// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.logs.LogRecordBuilder;
import io.opentelemetry.api.logs.Logger;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.context.Context;
import io.taskscope.Task;
import io.taskscope.TaskScope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Says of tasks that run long that they still do, and where they stand, before their span tells.
 * Looks through the tree now and then and keeps nothing of it in between: when a task is to be told
 * of next stands on the task.
 */
final class Heartbeats {
  private static final System.Logger LOG = System.getLogger("io.taskscope.otel");
  private static final int MAX_AT_ONCE = 100;
  private static final long LONGEST_PAUSE = TimeUnit.MINUTES.toNanos(5);
  private static final long LOOK_EVERY_AT_MOST = TimeUnit.SECONDS.toNanos(1);

  private final TaskSpanHook hook;
  private final Logger logger;
  private final long afterNanos;
  private final Supplier<List<TaskScope>> roots;
  private @Nullable ScheduledFuture<?> looking; // guarded by this

  Heartbeats(TaskSpanHook hook, Logger logger, Duration after, Supplier<List<TaskScope>> roots) {
    this.hook = hook;
    this.logger = logger;
    this.afterNanos = after.toNanos();
    this.roots = roots;
  }

  /** Null if they are not wanted. */
  static @Nullable Heartbeats of(TaskSpanHook hook, OpenTelemetry openTelemetry, Duration after) {
    Logger logger = openTelemetry.getLogsBridge().get(TaskSpanHook.INSTRUMENTATION);
    return after.isZero() ? null : new Heartbeats(hook, logger, after, TaskScope::roots);
  }

  synchronized void start() {
    long pause = Math.clamp(afterNanos / 4, 1_000_000, LOOK_EVERY_AT_MOST);
    looking = Background.every(pause, this::lookSafely);
  }

  synchronized void stop() {
    if (looking != null) {
      looking.cancel(false);
    }
  }

  private void lookSafely() {
    try {
      look();
    } catch (RuntimeException | StackOverflowError e) { // the next time may go better
      LOG.log(System.Logger.Level.WARNING, "heartbeats of long tasks failed this time", e);
    }
  }

  /** Once through the tree. */
  void look() {
    if (!logger.isEnabled(Severity.INFO)) {
      return; // there is nobody to take logs
    }
    int omitted = 0;
    List<Task<?>> due = new ArrayList<>();
    for (TaskScope root : roots.get()) {
      omitted += collect(root, due);
      for (TaskScope scope : (Iterable<TaskScope>) root.descendants()::iterator) {
        omitted += collect(scope, due);
      }
    }
    due.forEach(this::tell);
    if (omitted > 0) {
      tellOmitted(omitted);
    }
  }

  private int collect(TaskScope scope, List<Task<?>> due) {
    if (scope.view().oldestTask().toNanos() < afterNanos) {
      return 0;
    }
    int omitted = 0;
    for (Task<?> task : scope.tasks().reversed()) { // oldest first
      long age = task.times().age().toNanos();
      if (age < afterNanos) {
        break;
      }
      TaskTrace trace = task.attachment(TaskTrace.KEY);
      if (trace != null
          && trace.owner == hook
          && trace.isOfATracedTask()
          && age >= trace.nextHeartbeatNanos) {
        if (due.size() < MAX_AT_ONCE) {
          trace.nextHeartbeatNanos = Math.max(afterNanos, age) + Math.min(age, LONGEST_PAUSE);
          due.add(task);
        } else {
          omitted++;
        }
      }
    }
    return omitted;
  }

  private void tell(Task<?> task) {
    TaskTrace trace = task.attachment(TaskTrace.KEY);
    Context context = trace == null ? null : trace.context();
    if (context == null || task.outcome().isPresent()) {
      return; // it has just ended
    }
    StackTraceElement[] stack = task.where();
    double age = SpanContent.seconds(task.times().age());
    String state = task.taskState().name().toLowerCase(Locale.ROOT);
    LogRecordBuilder log =
        logger
            .logRecordBuilder()
            .setContext(context)
            .setSeverity(Severity.INFO)
            .setEventName(SpanAttribute.HEARTBEAT_EVENT)
            .setBody(
                String.format(
                    Locale.ROOT,
                    "task %s \"%s\" of %s is %s after %.1f s%s",
                    task.id(),
                    task.name(),
                    task.scope().path(),
                    state,
                    age,
                    stack.length == 0 ? "" : " at " + stack[0]))
            .setAttribute(SpanAttribute.SCOPE_PATH.text(), task.scope().path())
            .setAttribute(SpanAttribute.TASK_ID.number(), task.id())
            .setAttribute(SpanAttribute.TASK_NAME.text(), task.name())
            .setAttribute(SpanAttribute.TASK_AGE.seconds(), age)
            .setAttribute(SpanAttribute.TASK_STATE.text(), state);
    if (stack.length > 0) {
      log.setAttribute(SpanAttribute.STACK_TRACE.text(), Stacks.text(Arrays.asList(stack)));
    }
    log.emit();
  }

  private void tellOmitted(int omitted) {
    logger
        .logRecordBuilder()
        .setContext(Context.root())
        .setSeverity(Severity.INFO)
        .setEventName(SpanAttribute.HEARTBEAT_EVENT)
        .setBody(omitted + " more tasks run long and are not listed this time")
        .setAttribute(SpanAttribute.HEARTBEATS_OMITTED.number(), (long) omitted)
        .emit();
  }
}
