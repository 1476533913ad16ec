// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.recording;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The events that are read, and the fields of each. Fields a file does not have are 0. Every kind
 * begins with {@link Batch#START}, {@link Batch#DURATION}, {@link Batch#THREAD} and {@link
 * Batch#STACK}.
 */
public enum EventKind {
  /** A task from its beginning to its end. */
  TASK(
      "taskscope.Task",
      "taskId",
      "parentTaskId",
      "scopeId",
      "scopePath",
      "name",
      "origin",
      "outcome",
      "errorClass",
      "running",
      "queued",
      "parked",
      "steps",
      "parks"),
  /** A task begins. */
  TASK_START(
      "taskscope.TaskStart", "taskId", "parentTaskId", "scopeId", "scopePath", "name", "origin"),
  /** A task that lives when a chunk begins. */
  TASK_LIVE(
      "taskscope.TaskLive",
      "taskId",
      "parentTaskId",
      "scopeId",
      "scopePath",
      "name",
      "origin",
      "state",
      "threadId",
      "age",
      "running",
      "queued",
      "parked",
      "steps"),
  /** A task was on a carrier. */
  TASK_STEP("taskscope.TaskStep", "taskId", "scopePath", "reason"),
  /** A task was parked. */
  TASK_PARK("taskscope.TaskPark", "taskId", "scopePath", "reason", "queued", "blocker"),
  /** A task waited for a monitor. */
  TASK_MONITOR_WAIT("taskscope.TaskMonitorWait", "taskId", "scopePath", "reason", "queued"),
  /** The counts of a scope. */
  SCOPE(
      "taskscope.Scope",
      "scopeId",
      "parentId",
      "scopePath",
      "state",
      "live",
      "queued",
      "running",
      "parked",
      "started",
      "success",
      "failure",
      "cancelled",
      "abandoned"),
  /** A phase of a shutdown. */
  SHUTDOWN(
      "taskscope.Shutdown",
      "scopeId",
      "scopePath",
      "phase",
      "phaseDuration",
      "result",
      "atStart",
      "atEnd"),
  /** A task was given up. */
  TASK_ABANDONED(
      "taskscope.TaskAbandoned", "taskId", "scopeId", "scopePath", "name", "age", "stack"),
  /** A hook threw. */
  HOOK_FAILURE(
      "taskscope.HookFailure", "hook", "method", "quarantined", "errorClass", "message", "stack"),
  /** What was measured and what was left out. */
  STATUS(
      "taskscope.Status", "agent", "missing", "eventsDropped", "tasksLeftOut", "pathsOverflowed"),

  /** A thread was seen to compute. */
  EXECUTION_SAMPLE("jdk.ExecutionSample"),
  /** A thread had used a certain amount of processor time. */
  CPU_TIME_SAMPLE("jdk.CPUTimeSample", "failed"),
  /** Memory was allocated. */
  ALLOCATION("jdk.ObjectAllocationSample", "weight", "objectClass"),
  /** A monitor was held by another thread. */
  MONITOR_ENTER("jdk.JavaMonitorEnter", "monitorClass"),
  /** {@code Object.wait}. */
  MONITOR_WAIT("jdk.JavaMonitorWait", "monitorClass"),
  /** A thread was parked. */
  THREAD_PARK("jdk.ThreadPark", "parkedClass"),
  /** Bytes came from a socket. */
  SOCKET_READ("jdk.SocketRead", "bytesRead"),
  /** Bytes went to a socket. */
  SOCKET_WRITE("jdk.SocketWrite", "bytesWritten"),
  /** Bytes came from a file. */
  FILE_READ("jdk.FileRead", "bytesRead"),
  /** Bytes went to a file. */
  FILE_WRITE("jdk.FileWrite", "bytesWritten"),
  /** An exception was thrown. */
  EXCEPTION("jdk.JavaExceptionThrow", "thrownClass"),
  /** An {@code Error} was thrown. */
  ERROR("jdk.JavaErrorThrow", "thrownClass"),
  /** A virtual thread waited on its carrier. */
  PINNED("jdk.VirtualThreadPinned"),

  /** The recorder had no room for some data. */
  DATA_LOSS("jdk.DataLoss", "amount"),
  /** Samples of processor time were lost. */
  SAMPLES_LOST("jdk.CPUTimeSamplesLost", "lostSamples"),
  /** What an event was set to; the event by the number of its type. */
  SETTING("jdk.ActiveSetting", "id", "name", "value"),
  /** Which JVM wrote the recording. */
  JVM("jdk.JVMInformation", "jvmName", "jvmVersion", "pid", "javaArguments");

  private static final EventKind[] ALL = values();
  private static final Map<String, EventKind> BY_NAME = new HashMap<>();

  /** No row has more cells. */
  static final int MAX_WIDTH = Arrays.stream(ALL).mapToInt(EventKind::width).max().orElseThrow();

  static {
    for (int i = 0; i < ALL.length; i++) {
      ALL[i].number = i;
      ALL[i].ours = ALL[i].compareTo(STATUS) <= 0;
      BY_NAME.put(ALL[i].eventName, ALL[i]);
    }
  }

  private final String eventName;
  private final List<String> fields;
  private final int width;
  private int number;
  private boolean ours;

  EventKind(String eventName, String... fields) {
    this.eventName = eventName;
    this.fields = List.of(fields);
    this.width = Batch.FIRST_FIELD + fields.length;
  }

  /** {@return the name of the event in recordings} */
  public String eventName() {
    return eventName;
  }

  /** {@return whether the event is one of Taskscope} */
  public boolean isOurs() {
    return ours;
  }

  /** {@return whether the event is about the task that its thread was in} */
  public boolean isOfThread() {
    return compareTo(EXECUTION_SAMPLE) >= 0 && compareTo(PINNED) <= 0;
  }

  static @Nullable EventKind of(String eventName) {
    return BY_NAME.get(eventName);
  }

  /** Stands for the kind in rows of numbers. */
  int number() {
    return number;
  }

  static EventKind numbered(long number) {
    return ALL[(int) number];
  }

  /** Those that {@link #slot} knows, without the common ones. */
  List<String> fields() {
    return fields;
  }

  int width() {
    return width;
  }

  /**
   * {@return the place of a field in a row, or a number below 0 for a field that is not read}
   *
   * @param field its name in the recording
   */
  public int slot(String field) {
    return switch (field) {
      case "startTime" -> Batch.START;
      case "duration" -> Batch.DURATION;
      case "eventThread", "sampledThread" -> Batch.THREAD;
      case "stackTrace" -> Batch.STACK;
      default -> {
        int index = fields.indexOf(field);
        yield index < 0 ? -1 : Batch.FIRST_FIELD + index;
      }
    };
  }
}
