// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.analysis;

import static io.taskscope.console.recording.EventKind.HOOK_FAILURE;
import static io.taskscope.console.recording.EventKind.SCOPE;
import static io.taskscope.console.recording.EventKind.SETTING;
import static io.taskscope.console.recording.EventKind.SHUTDOWN;
import static io.taskscope.console.recording.EventKind.STATUS;
import static io.taskscope.console.recording.EventKind.TASK;
import static io.taskscope.console.recording.EventKind.TASK_ABANDONED;
import static io.taskscope.console.recording.EventKind.TASK_LIVE;
import static io.taskscope.console.recording.EventKind.TASK_PARK;
import static io.taskscope.console.recording.EventKind.TASK_STEP;

/** Where the fields of events stand in the rows of a batch. */
final class Slots {
  static final int TASK_ID = TASK.slot("taskId");
  static final int TASK_PARENT = TASK.slot("parentTaskId");
  static final int TASK_SCOPE = TASK.slot("scopeId");
  static final int TASK_PATH = TASK.slot("scopePath");
  static final int TASK_NAME = TASK.slot("name");
  static final int TASK_ORIGIN = TASK.slot("origin");

  static final int TASK_OUTCOME = TASK.slot("outcome");
  static final int TASK_ERROR = TASK.slot("errorClass");
  static final int TASK_RUNNING = TASK.slot("running");
  static final int TASK_QUEUED = TASK.slot("queued");
  static final int TASK_PARKED = TASK.slot("parked");
  static final int TASK_STEPS = TASK.slot("steps");
  static final int TASK_PARKS = TASK.slot("parks");

  static final int LIVE_STATE = TASK_LIVE.slot("state");
  static final int LIVE_THREAD = TASK_LIVE.slot("threadId");
  static final int LIVE_AGE = TASK_LIVE.slot("age");
  static final int LIVE_RUNNING = TASK_LIVE.slot("running");
  static final int LIVE_QUEUED = TASK_LIVE.slot("queued");
  static final int LIVE_PARKED = TASK_LIVE.slot("parked");
  static final int LIVE_STEPS = TASK_LIVE.slot("steps");

  static final int STEP_TASK = TASK_STEP.slot("taskId");
  static final int STEP_PATH = TASK_STEP.slot("scopePath");
  static final int STEP_REASON = TASK_STEP.slot("reason");

  static final int PARK_TASK = TASK_PARK.slot("taskId");
  static final int PARK_PATH = TASK_PARK.slot("scopePath");
  static final int PARK_REASON = TASK_PARK.slot("reason");
  static final int PARK_BLOCKER = TASK_PARK.slot("blocker");

  static final int SCOPE_ID = SCOPE.slot("scopeId");
  static final int SCOPE_PARENT = SCOPE.slot("parentId");
  static final int SCOPE_PATH = SCOPE.slot("scopePath");
  static final int SCOPE_STATE = SCOPE.slot("state");
  static final int SCOPE_LIVE = SCOPE.slot("live");
  static final int SCOPE_STARTED = SCOPE.slot("started");

  static final int SHUTDOWN_PATH = SHUTDOWN.slot("scopePath");
  static final int SHUTDOWN_PHASE = SHUTDOWN.slot("phase");
  static final int SHUTDOWN_DURATION = SHUTDOWN.slot("phaseDuration");
  static final int SHUTDOWN_RESULT = SHUTDOWN.slot("result");
  static final int SHUTDOWN_AT_START = SHUTDOWN.slot("atStart");
  static final int SHUTDOWN_AT_END = SHUTDOWN.slot("atEnd");

  static final int ABANDONED_TASK = TASK_ABANDONED.slot("taskId");
  static final int ABANDONED_PATH = TASK_ABANDONED.slot("scopePath");
  static final int ABANDONED_NAME = TASK_ABANDONED.slot("name");
  static final int ABANDONED_AGE = TASK_ABANDONED.slot("age");
  static final int ABANDONED_STACK = TASK_ABANDONED.slot("stack");

  static final int HOOK = HOOK_FAILURE.slot("hook");
  static final int HOOK_METHOD = HOOK_FAILURE.slot("method");
  static final int HOOK_QUARANTINED = HOOK_FAILURE.slot("quarantined");
  static final int HOOK_ERROR = HOOK_FAILURE.slot("errorClass");
  static final int HOOK_MESSAGE = HOOK_FAILURE.slot("message");
  static final int HOOK_STACK = HOOK_FAILURE.slot("stack");

  static final int STATUS_AGENT = STATUS.slot("agent");
  static final int STATUS_MISSING = STATUS.slot("missing");
  static final int STATUS_DROPPED = STATUS.slot("eventsDropped");
  static final int STATUS_LEFT_OUT = STATUS.slot("tasksLeftOut");
  static final int STATUS_OVERFLOWED = STATUS.slot("pathsOverflowed");

  static final int SETTING_ID = SETTING.slot("id");
  static final int SETTING_NAME = SETTING.slot("name");
  static final int SETTING_VALUE = SETTING.slot("value");

  /** The first field of the kinds that have just one or two. */
  static final int FIRST = io.taskscope.console.recording.Batch.FIRST_FIELD;

  private Slots() {}
}
