// SPDX-License-Identifier: Apache-2.0
package io.taskscope.jfr;

import io.taskscope.TaskScope;
import io.taskscope.view.Statistics;
import java.util.ArrayList;
import java.util.List;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Period;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** Lets a reader tell "did not happen" from "was not seen". */
@Name(JfrEventName.Literal.STATUS)
@Label("Status")
@Description("What Taskscope measures in this JVM, and what it had to leave out")
@Category(JfrEventName.Literal.CATEGORY)
@Period("everyChunk")
@StackTrace(false)
final class StatusEvent extends Event {
  @Label("Agent")
  @Description("The Taskscope agent, which measures steps and parks: on, off, partial or failed")
  @Nullable String agent;

  @Label("Missing")
  @Description("What cannot be measured or written on this JDK, a line each; none if nothing is")
  @Nullable String missing;

  @Label("Events Dropped")
  @Description(
      "Steps and monitor waits since the start of the JVM that came faster than they could be written")
  long eventsDropped;

  @Label("Tasks Left Out")
  @Description("Live tasks without a Live Task event in this chunk, because there were too many")
  long tasksLeftOut;

  @Label("Paths Overflowed")
  @Description("Scopes since the start of the JVM whose statistics are with those of (other)")
  long pathsOverflowed;

  void fill() {
    Statistics statistics = TaskScope.statistics();
    agent = statistics.agent().state().label();
    List<String> lines = new ArrayList<>(statistics.agent().missing());
    if (!StepEvents.SUPPORTED) {
      lines.add("steps and waits cannot be written: the events of this JVM have other fields");
    }
    if (!lines.isEmpty()) {
      missing = String.join("\n", lines);
    }
    pathsOverflowed = statistics.overflowed();
  }
}
