// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.workload;

import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import jdk.jfr.Timespan;

/**
 * The events of TELEMETRY.md with fields that a script can set, so that the true numbers of a
 * recording are known and do not depend on a scheduler.
 */
public final class Events {
  private Events() {}

  @Name("taskscope.Task")
  @StackTrace(false)
  public static final class Task extends Event {
    public long taskId;
    public long parentTaskId;
    public long scopeId;
    public String scopePath;
    public String name;
    public String origin = "spawned";
    public String outcome;
    public Class<?> errorClass;

    @Timespan(Timespan.NANOSECONDS)
    public long running;

    @Timespan(Timespan.NANOSECONDS)
    public long queued;

    @Timespan(Timespan.NANOSECONDS)
    public long parked;

    public long steps;
    public long parks;
  }

  @Name("taskscope.TaskStart")
  @StackTrace(false)
  public static final class TaskStart extends Event {
    public long taskId;
    public long parentTaskId;
    public long scopeId;
    public String scopePath;
    public String name;
    public String origin = "spawned";
  }

  @Name("taskscope.TaskStep")
  @StackTrace(false)
  @Enabled
  public static final class TaskStep extends Event {
    public long taskId;
    public String scopePath;
    public long step;

    @Timespan(Timespan.NANOSECONDS)
    public long queued;

    public String reason;
  }

  @Name("taskscope.TaskPark")
  @StackTrace
  @Threshold("0 ms")
  public static final class TaskPark extends Event {
    public long taskId;
    public String scopePath;
    public String reason;

    @Timespan(Timespan.NANOSECONDS)
    public long queued;

    public Class<?> blocker;
  }

  @Name("taskscope.TaskMonitorWait")
  @StackTrace(false)
  public static final class TaskMonitorWait extends Event {
    public long taskId;
    public String scopePath;
    public String reason;

    @Timespan(Timespan.NANOSECONDS)
    public long queued;
  }

  @Name("taskscope.Scope")
  @StackTrace(false)
  public static final class Scope extends Event {
    public long scopeId;
    public long parentId;
    public String scopePath;
    public String state;
    public long live;
    public long started;
    public long success;
    public long failure;
    public long cancelled;
    public long abandoned;
  }

  @Name("taskscope.Shutdown")
  @StackTrace(false)
  public static final class Shutdown extends Event {
    public long scopeId;
    public String scopePath;
    public String phase;

    @Timespan(Timespan.NANOSECONDS)
    public long phaseDuration;

    public String result;
    public long atStart;
    public long atEnd;
  }

  @Name("taskscope.TaskAbandoned")
  @StackTrace(false)
  public static final class TaskAbandoned extends Event {
    public long taskId;
    public long scopeId;
    public String scopePath;
    public String name;

    @Timespan(Timespan.NANOSECONDS)
    public long age;

    public String stack;
  }

  @Name("taskscope.HookFailure")
  @StackTrace(false)
  public static final class HookFailure extends Event {
    public String hook;
    public String method;
    public boolean quarantined;
    public Class<?> errorClass;
    public String message;
    public String stack;
  }

  @Name("taskscope.Status")
  @StackTrace(false)
  public static final class Status extends Event {
    public String agent;
    public String missing;
    public long eventsDropped;
    public long tasksLeftOut;
    public long pathsOverflowed;
  }
}
