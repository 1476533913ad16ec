// SPDX-License-Identifier: Apache-2.0
package io.taskscope.jfr;

import io.taskscope.Task;
import io.taskscope.TaskScope;
import io.taskscope.view.OutcomeCounts;
import io.taskscope.view.ScopeView;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Period;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** In every event {@code started = live + success + failure + cancelled + abandoned}. */
@Name(JfrEventName.Literal.SCOPE)
@Label("Scope")
@Description(
    "The tasks of one scope, without those of scopes below it: of every scope once per period, and of"
        + " each scope when it has closed")
@Category(JfrEventName.Literal.CATEGORY)
@Period("5 s")
@StackTrace(false)
final class ScopeEvent extends Event {
  /** Beyond it, looking at the state of each task would take the recorder's thread too long. */
  static final int MOST_LOOKED_AT = 10_000;

  @ScopeId
  @Label("Scope Id")
  @Description("Unique within the life of the JVM; several scopes may share a path")
  long scopeId;

  @ScopeId
  @Label("Parent Id")
  @Description("The scope this one is in; 0 for a root")
  long parentId;

  @Label("Scope Path")
  @Description("The names from the root to this scope")
  @Nullable String scopePath;

  @Label("State")
  @Description("open, draining, cancelling or closed; the event with closed is the last word")
  @Nullable String state;

  @Label("Block")
  @Description("Whether it was opened in block form, so that scopes like it come and go")
  boolean block;

  @Label("Live")
  @Description("Tasks that have not ended")
  long live;

  @Label("Queued")
  @Description("Live tasks that wait for a processor")
  long queued;

  @Label("Running")
  @Description("Live tasks on a processor")
  long running;

  @Label("Parked")
  @Description(
      "Live tasks that wait for something else; queued, running and parked are all 0 where there are"
          + " too many to look at each")
  long parked;

  @Label("Started")
  @Description(
      "Tasks since the scope was made, those that were cancelled before they began included")
  long started;

  @Label("Success")
  @Description("Tasks since the scope was made whose body returned")
  long success;

  @Label("Failure")
  @Description("Tasks since the scope was made whose body threw")
  long failure;

  @Label("Cancelled")
  @Description("Tasks since the scope was made that were cancelled, before they began or later")
  long cancelled;

  @Label("Abandoned")
  @Description("Tasks since the scope was made that ignored their interrupt and were given up")
  long abandoned;

  void fill(TaskScope scope) {
    ScopeView view = scope.view();
    scopeId = view.id();
    parentId = scope.parent().map(TaskScope::id).orElse(0L);
    scopePath = view.path();
    state = view.state().label();
    block = view.block();
    live = view.live();
    started = view.started();
    OutcomeCounts finished = view.finished();
    success = finished.success();
    failure = finished.failure();
    cancelled = finished.cancelled();
    abandoned = finished.abandoned();
    if (live > 0 && live <= MOST_LOOKED_AT) {
      countStates(scope);
    }
  }

  private void countStates(TaskScope scope) {
    for (Task<?> task : scope.tasks()) {
      switch (task.taskState()) {
        case QUEUED -> queued++;
        case RUNNING -> running++;
        case PARKED -> parked++;
        case FINISHED -> {} // just now
      }
    }
  }
}
