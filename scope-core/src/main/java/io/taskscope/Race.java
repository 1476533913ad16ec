// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** Runs bodies against each other in a block of their own, and takes the losers off the course. */
final class Race<T extends @Nullable Object> {
  /** What the referee hears: a runner has ended, or it is time for the next one. */
  private sealed interface Event {
    record Ended(TaskRun<?> task) implements Event {}

    record TimeForNext(int afterRunner) implements Event {}
  }

  private final String name;
  private final RaceMode mode;
  private final Queue<Callable<? extends T>> waiting;
  private final int runners;
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final List<Throwable> errors = new ArrayList<>();
  private int started;
  private int ended;
  private TaskClock.@Nullable Scheduled next;

  private Race(String name, RaceMode mode, List<? extends Callable<? extends T>> bodies) {
    this.name = name;
    this.mode = mode;
    this.waiting = new ArrayDeque<>(bodies);
    this.runners = bodies.size();
  }

  static <T extends @Nullable Object> T run(
      String name, RaceMode mode, List<? extends Callable<? extends T>> bodies)
      throws InterruptedException {
    if (bodies.isEmpty()) {
      throw new IllegalArgumentException(
          "race \"" + name + "\" has no bodies; it takes at least one");
    }
    return new Race<T>(name, mode, bodies).run();
  }

  private T run() throws InterruptedException {
    // No drain: who has lost is cancelled at once, and awaited no longer than the cancel timeout.
    try (ScopeNode course =
        ScopeNode.block(
            name, o -> o.policy(Policy.SUPERVISE).drainTimeout(java.time.Duration.ZERO))) {
      startNext(course);
      while (mode.staggerNanos() == 0 && !waiting.isEmpty()) {
        startNext(course);
      }
      TaskRun<T> winner = referee(course);
      course.cancel("lost the race against " + winner);
      return winner.resultNow();
    } finally {
      forgetNext();
    }
  }

  private void forgetNext() {
    if (next != null) {
      next.cancel();
      next = null;
    }
  }

  private TaskRun<T> referee(ScopeNode course) throws InterruptedException {
    while (true) {
      switch (events.take()) {
        case Event.TimeForNext(int afterRunner) -> {
          if (afterRunner == started) { // else a failure has started the next one before its time
            startNext(course);
          }
        }
        case Event.Ended(TaskRun<?> task) -> {
          TaskRun<T> winner = judge(task);
          if (winner != null) {
            return winner;
          }
          startNext(course);
        }
      }
    }
  }

  @SuppressWarnings("unchecked") // every task here runs a body of ours
  private @Nullable TaskRun<T> judge(TaskRun<?> task) {
    ended++;
    Outcome outcome = task.outcome().orElseThrow();
    if (outcome instanceof Outcome.Success) {
      return (TaskRun<T>) task;
    }
    Throwable error =
        outcome instanceof Outcome.Failure failure
            ? failure.error()
            : new CancellationException(task + " was " + Failures.ending(outcome));
    if (!mode.needsSuccess()) {
      throw thrown(error);
    }
    errors.add(error);
    if (ended == runners) {
      throw new RaceFailedException(
          "all " + runners + " bodies of race \"" + name + "\" failed", null, errors);
    }
    return null;
  }

  private RuntimeException thrown(Throwable error) {
    return switch (error) {
      case RuntimeException unchecked -> unchecked;
      case Error serious -> throw serious;
      default ->
          new RaceFailedException(
              "the first result of race \"" + name + "\" is " + error, error, List.of());
    };
  }

  private void startNext(ScopeNode course) {
    Callable<? extends T> body = waiting.poll();
    if (body == null) {
      return;
    }
    forgetNext();
    int number = ++started;
    TaskRun<T> task = course.prepare(name, TaskOrigin.SPAWNED, body);
    task.retrieveOnLeave(left -> events.add(new Event.Ended(left)));
    course.start(task);
    if (mode.staggerNanos() > 0 && !waiting.isEmpty()) {
      next =
          course
              .clock()
              .scheduleAt(
                  course.clock().nanoTime() + mode.staggerNanos(),
                  () -> events.add(new Event.TimeForNext(number)));
    }
  }
}
