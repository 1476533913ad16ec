// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where the time of one task goes. Exists only where the agent tells of steps. Keeps no reference
 * to the task, because it stays in the history after the task is gone.
 *
 * <p>At any time one thread writes: the one the task is mounted on or about to leave, which a
 * thread switch hands over in order. Only {@code runnableAt} is written by whoever makes the task
 * runnable. Readers check {@code version}, which is odd while something changes, and read again.
 *
 * <p>Times are by {@link System#nanoTime}. From the beginning of the body to its end every
 * nanosecond belongs to exactly one of queued, running and parked, so that they add up.
 */
@SuppressWarnings("EnumOrdinal") // arrays by reason: nothing may be allocated in a switch
final class Steps extends StepSums {
  /** Steps longer than this are slow, where they keep a carrier from others. */
  static volatile long slowNanos = 100_000_000;

  private static final ParkReason[] BY_ORDINAL = ParkReason.values();
  private static final int READ_TRIES = 100;

  private static final byte NOT_BEGUN = 0;
  private static final byte RUNNING = 1;
  private static final byte AWAY = 2; // parked, and from runnableAt on queued
  private static final byte CALLING = 3; // in a task it has called on its own thread
  private static final byte ENDED = 4;

  private static final VarHandle VERSION;
  private static final VarHandle RUNNABLE_AT;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      VERSION = lookup.findVarHandle(Steps.class, "version", int.class);
      RUNNABLE_AT = lookup.findVarHandle(Steps.class, "runnableAt", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private int version;
  private byte phase = NOT_BEGUN;
  private byte reason; // ordinal of the last ParkReason
  private boolean sleeping; // inside Thread.sleep; own thread only
  private byte parkToTell = -1; // ordinal of a reason whose end the hooks are still to be told
  private long parkToTellNanos;
  private long since; // when the phase began
  private long runnableAt; // 0 until it is made runnable
  private long runBeforeCall; // of the current step, before the last call in it ended
  private @Nullable Steps callee;

  // ---- writing

  private void beginChange() {
    VERSION.setOpaque(this, version + 1);
    VarHandle.storeStoreFence();
  }

  private void endChange() {
    VERSION.setRelease(this, version + 1);
  }

  /** The body begins, on a virtual thread or another. */
  void begun(long now, boolean virtual) {
    beginChange();
    phase = RUNNING;
    since = now;
    steps = 1;
    onCarrier = virtual;
    endChange();
  }

  /** The first step, for the hooks. */
  void tellBegun(TaskRun<?> task, long queuedNanos) {
    task.hooks.stepStarted(task, queuedNanos);
  }

  /** From here on, a sleep begins or ends on the task's own thread. */
  void sleeping(boolean now) {
    sleeping = now;
  }

  /** The task stops running, to wait. */
  void left(TaskRun<?> task, ParkReason given) {
    if (phase != RUNNING) {
      return;
    }
    long now = System.nanoTime();
    ParkReason why = sleeping && given == ParkReason.TIMED_PARK ? ParkReason.SLEEP : given;
    long[] perReason = parks;
    if (perReason == null) {
      perReason = new long[2 * REASONS];
    }
    beginChange();
    long ran = runBeforeCall + stopRunning(now);
    runBeforeCall = 0;
    parks = perReason;
    perReason[REASONS + why.ordinal()]++;
    phase = AWAY;
    reason = (byte) why.ordinal();
    since = now;
    RUNNABLE_AT.setOpaque(this, 0L);
    endChange();
    task.hooks.stepEnded(task, ran, why);
  }

  /** Books what it has run since; says how long that was. */
  private long stopRunning(long now) {
    long ran = now - since;
    running += ran;
    longest = Math.max(longest, ran);
    if (ran > slowNanos && onCarrier) {
      slow++;
    }
    return ran;
  }

  /**
   * The task could run again. May come twice, or late, when someone takes the stack of a thread
   * that is about to run; the first one counts, and a late one at worst makes a bit of the next
   * wait look queued.
   */
  void runnable() {
    if (phase == AWAY && (long) RUNNABLE_AT.getOpaque(this) == 0) {
      RUNNABLE_AT.setOpaque(this, System.nanoTime() | 1);
    }
  }

  /** The task is on a carrier again. */
  void mounted(TaskRun<?> task) {
    if (phase == AWAY) {
      long now = System.nanoTime();
      resume(task, now, runnableSince(now));
    }
  }

  /** A wait that did not leave the carrier or the platform thread is over. */
  void stayed(TaskRun<?> task) {
    if (phase == AWAY) {
      long now = System.nanoTime();
      resume(task, now, now);
      parkOver(task);
    }
  }

  private long runnableSince(long now) {
    if (reason == ParkReason.YIELD.ordinal()) {
      return since; // it was runnable all the time
    }
    long at = (long) RUNNABLE_AT.getOpaque(this);
    return at == 0 ? now : Math.clamp(at, since, Math.max(since, now));
  }

  private void resume(TaskRun<?> task, long now, long runnableSince) {
    long parked = runnableSince - since;
    long waited = now - runnableSince;
    beginChange();
    queued += waited;
    if (parks != null) {
      parks[reason] += parked;
    }
    steps++;
    phase = RUNNING;
    since = now;
    RUNNABLE_AT.setOpaque(this, 0L);
    endChange();
    task.hooks.stepStarted(task, waited);
    if (task.hooks.followsParks()) {
      toldOnOwnThreadOrNow(task, parked);
    }
  }

  private void toldOnOwnThreadOrNow(TaskRun<?> task, long parked) {
    switch (BY_ORDINAL[reason]) {
      case PARK, TIMED_PARK, SLEEP, PINNED -> {
        parkToTell = reason;
        parkToTellNanos = parked;
      }
      case MONITOR_ENTER, OBJECT_WAIT -> task.hooks.parkEnded(task, parked, BY_ORDINAL[reason]);
      case YIELD -> {} // it did not wait for anything
    }
  }

  /** On the task's own thread, in the method that waited: the hooks are told of a wait's end. */
  void parkOver(TaskRun<?> task) {
    if (parkToTell >= 0) {
      ParkReason why = BY_ORDINAL[parkToTell];
      parkToTell = -1;
      task.hooks.parkEnded(task, parkToTellNanos, why);
    }
  }

  /** A task called on this thread begins: from here on the time of the thread is its time. */
  void callBegun(long now, Steps called) {
    if (phase == RUNNING) {
      beginChange();
      runBeforeCall += stopRunning(now);
      phase = CALLING;
      since = now;
      callee = called;
      endChange();
    }
  }

  /** It has ended: where its time went is where the time of this one went meanwhile. */
  void callEnded(long now) {
    Steps called = callee;
    if (phase == CALLING && called != null) {
      Steps inside = called.settled(now);
      beginChange();
      addCall(inside, now);
      phase = RUNNING;
      since = now;
      callee = null;
      endChange();
    }
  }

  /** Times only: how often, and how long at a stretch, is the called task's alone. */
  private void addCall(Steps inside, long now) {
    queued += inside.queued;
    long elsewhere = inside.queued;
    if (inside.parks != null) {
      long[] perReason = parks == null ? new long[2 * REASONS] : parks;
      for (int i = 0; i < REASONS; i++) {
        perReason[i] += inside.parks[i];
        elsewhere += inside.parks[i];
      }
      parks = perReason;
    }
    running += Math.max(0, now - since - elsewhere);
  }

  /** The body has ended. */
  void ended(TaskRun<?> task, long now) {
    if (phase == NOT_BEGUN || phase == ENDED) {
      phase = ENDED;
      return;
    }
    beginChange();
    long ran = runBeforeCall + (phase == RUNNING ? stopRunning(now) : 0);
    phase = ENDED;
    since = now;
    endChange();
    task.hooks.stepEnded(task, ran, null);
  }

  // ---- reading

  boolean hasEnded() {
    return phase == ENDED;
  }

  /** A copy with everything booked up to then, that nobody writes to. */
  Steps settled(long now) {
    Steps copy = new Steps();
    for (int i = 0; i < READ_TRIES; i++) {
      int before = (int) VERSION.getAcquire(this);
      copy.takeFrom(this);
      VarHandle.loadLoadFence();
      if ((before & 1) == 0 && before == (int) VERSION.getOpaque(this)) {
        break;
      }
      Thread.onSpinWait();
    }
    copy.settle(now);
    return copy;
  }

  private void takeFrom(Steps other) {
    phase = other.phase;
    reason = other.reason;
    since = other.since;
    runnableAt = (long) RUNNABLE_AT.getOpaque(other);
    callee = other.callee;
    copySums(other);
  }

  private void settle(long now) {
    if (phase == ENDED) {
      return; // it is booked up to its end, which may be before now
    }
    long until = Math.max(since, now);
    switch (phase) {
      case RUNNING -> stopRunning(until);
      case AWAY -> {
        long runnable = runnableSince(until);
        queued += until - runnable;
        if (parks != null) {
          parks[reason] += runnable - since;
        }
      }
      case CALLING -> {
        if (callee != null) {
          addCall(callee.settled(until), until);
        }
      }
      default -> {}
    }
    callee = null;
    phase = ENDED;
    since = until;
  }

  /** Where the task stands; null when its body has not begun, or has ended. */
  @Nullable TaskState state() {
    Steps called = callee;
    return switch (phase) {
      case RUNNING -> TaskState.RUNNING;
      case AWAY ->
          reason == ParkReason.YIELD.ordinal() || (long) RUNNABLE_AT.getOpaque(this) != 0
              ? TaskState.QUEUED
              : TaskState.PARKED;
      case CALLING -> called == null ? TaskState.RUNNING : called.state();
      default -> null;
    };
  }

  /** How long the current phase has lasted; of a called task, that one's. */
  long phaseNanos(long now) {
    Steps called = callee;
    if (phase == CALLING && called != null) {
      return called.phaseNanos(now);
    }
    long from = since;
    if (phase == AWAY) {
      long at = (long) RUNNABLE_AT.getOpaque(this);
      from = at == 0 ? from : Math.max(from, at);
    }
    return Math.max(0, now - from);
  }

  /** Whether the step it is in, if any, is a slow one already. */
  boolean isInSlowStep(long now) {
    return onCarrier && state() == TaskState.RUNNING && phaseNanos(now) > slowNanos;
  }

  /** As times of a task; as long as no step has begun, all is delay. */
  TaskTimes times(long created, long started, long now) {
    Steps at = hasEnded() ? this : settled(now);
    // It may have gone on while we came to look, or have ended before.
    long until = at.steps == 0 ? now : at.since;
    long begun = at.steps == 0 ? until : Math.clamp(started, created, Math.max(created, until));
    return new TaskTimes(
        Duration.ofNanos(until - created),
        Duration.ofNanos(begun - created + at.queued),
        Duration.ofNanos(at.running),
        Duration.ofNanos(at.parkedNanos()),
        Duration.ofNanos(begun - created),
        Duration.ofNanos(at.longest),
        at.steps,
        at.waits());
  }
}
