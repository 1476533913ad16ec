// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import io.taskscope.hook.AttachmentKey;
import io.taskscope.view.Creator;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * A unit of work in a {@link TaskScope}. It begins once, ends once with one {@link Outcome}, and is
 * counted by its scope from creation to end.
 *
 * <p>As a {@link Future} it is done when its body has really ended (or was abandoned): after {@link
 * #cancel} of a running task {@code isDone()} becomes true only when the body has reacted. Its
 * {@link Future#state()} is the future's; where the task stands is {@link #taskState()}.
 *
 * <p>Thread-safe. A finished task holds its result and nothing else of what it used.
 *
 * @param <T> the type of the result; {@code Void} for a body without one
 */
public sealed interface Task<T extends @Nullable Object> extends Future<T> permits TaskIdentity {

  /**
   * The task whose body this thread is in, or, in a thread that was started by a task, that task
   * for as long as it lives.
   */
  static Optional<Task<?>> current() {
    return Optional.ofNullable(Context.currentTask());
  }

  /** Unique within the JVM's life; greater than 0. */
  long id();

  /** Its low-cardinality name, such as {@code GET /users/{id}}. */
  String name();

  /** The scope it is a member of, from creation on and also after its end. */
  TaskScope scope();

  /**
   * The task that created it, as long as that task lives; empty when it was created outside of any.
   */
  Optional<Task<?>> parent();

  /** The id of the task that created it, also after that task's end; 0 when there was none. */
  long parentId();

  /** How it came to be a member of its scope. */
  TaskOrigin origin();

  /**
   * Where it stands. Not named {@code state} because {@link Future#state()} has that name with
   * another meaning and type.
   */
  TaskState taskState();

  /** How it ended; empty while it lives. */
  Optional<Outcome> outcome();

  /** Where its time went so far. */
  TaskTimes times();

  /**
   * The class of its body; for a lambda the class the compiler made, named after the class it is
   * in.
   */
  Class<?> bodyClass();

  /**
   * Where in the code it was created, innermost frame first, as far as {@link
   * ScopeOptions#creationSite} has it kept; else empty.
   */
  List<StackTraceElement> creationSite();

  /** The tasks it came from, the nearest first, at most eight; also after they have ended. */
  List<Creator> creators();

  /** When it was created, by the system clock. */
  Instant createdAt();

  /** Whether its body has begun. */
  boolean hasStarted();

  /** The thread its body runs on; empty before it begins and after it ends. */
  Optional<Thread> thread();

  /**
   * Where its thread stands now, innermost frame first; empty before it begins and after it ends.
   * Costs tens of microseconds and stops only that thread.
   */
  StackTraceElement[] where();

  /**
   * Cancels the task. One that has not begun is finished at once; one that runs is interrupted,
   * once, and finishes when its body ends. Whether it is called once or many times makes no
   * difference, and the first reason stays.
   *
   * <p>A body that returns after it was cancelled, or throws a sign of cancellation ({@link
   * InterruptedException}, {@link java.util.concurrent.CancellationException}, {@link
   * java.io.InterruptedIOException}, {@link java.nio.channels.ClosedByInterruptException}, also as
   * a cause) gives the outcome {@link Outcome.Cancelled}. One that throws something else has
   * failed.
   *
   * @param reason why, for people; shown with the outcome
   * @return false if the task had already ended
   */
  boolean cancel(String reason);

  /**
   * Cancels the task as {@link #cancel(String)} does.
   *
   * @param mayInterruptIfRunning if false, a task whose body has begun is left alone
   * @return false if the task had already ended, or was left alone
   */
  @Override
  boolean cancel(boolean mayInterruptIfRunning);

  /** What was thrown by a failed task; the reason for a cancelled one is in {@link #outcome()}. */
  @Override
  Throwable exceptionNow();

  /**
   * Keeps something of a hook's on the task, until the task is collected.
   *
   * @param value null removes what was there
   */
  <A> void attach(AttachmentKey<A> key, @Nullable A value);

  /** What was attached under the key; null if nothing was. */
  <A> @Nullable A attachment(AttachmentKey<A> key);
}
