// SPDX-License-Identifier: Apache-2.0
package io.taskscope.jfr;

import io.taskscope.ShutdownReport;
import io.taskscope.TaskScope;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/**
 * Begins and ends when the hook is told of the phase, which may be later than the phase itself: a
 * shutdown does not wait for its hooks. Therefore the time it took is a field too.
 */
@Name(JfrEventName.Literal.SHUTDOWN)
@Label("Shutdown")
@Description(
    "One phase of the shutdown of one scope. Without duration where the phase began before the event"
        + " was enabled")
@Category(JfrEventName.Literal.CATEGORY)
@StackTrace(false)
final class ShutdownEvent extends Event {
  @ScopeId
  @Label("Scope Id")
  @Description("The scope that is shut down; several scopes may share a path")
  long scopeId;

  @Label("Scope Path")
  @Description("The path of the scope that is shut down")
  @Nullable String scopePath;

  @Label("Phase")
  @Description("drain, cancel or resources")
  @Nullable String phase;

  @Label("Phase Duration")
  @Description("How long the phase took, by the shutdown's own clock")
  @Timespan(Timespan.NANOSECONDS)
  long phaseDuration;

  @Label("Result")
  @Description(
      "clean if nothing was left at the end of the phase, cancelled if tasks were left to the cancel"
          + " phase, else abandoned")
  @Nullable String result;

  @Label("At Start")
  @Description("Live tasks when the phase began; in the phase resources, resources to close")
  long atStart;

  @Label("At End")
  @Description("Live tasks when the phase ended; in the phase resources, those that did not close")
  long atEnd;

  void fill(TaskScope scope, ShutdownReport.Phase ended) {
    scopeId = scope.id();
    scopePath = scope.path();
    phase = ended.phase().label();
    phaseDuration = ended.duration().toNanos();
    result = ended.result().label();
    atStart = ended.tasksAtStart();
    atEnd = ended.tasksAtEnd();
  }
}
