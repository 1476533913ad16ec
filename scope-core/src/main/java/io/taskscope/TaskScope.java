// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import io.taskscope.view.Finding;
import io.taskscope.view.FinishedTask;
import io.taskscope.view.PathStatistics;
import io.taskscope.view.ScopeView;
import io.taskscope.view.Snapshot;
import io.taskscope.view.Statistics;
import io.taskscope.view.TaskView;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A node in the tree of a service's work. Tasks are members of exactly one scope; scopes have paths
 * such as {@code /web/app-a/handlers}, can be enumerated, cancelled and shut down with all below
 * them.
 *
 * <p><b>Two forms.</b> A server builds its tree with {@link #root} and {@link #child} and keeps it
 * as long as it runs:
 *
 * <pre>{@code
 * TaskScope web = TaskScope.root("web");
 * TaskScope handlers = web.child("app-a").child("handlers");
 * User user = handlers.call("GET /users/{id}", () -> loadUser(7));
 * web.shutdown(Duration.ofSeconds(30));
 * }</pre>
 *
 * <p>A request that fans out opens a block, which does not outlive its tasks:
 *
 * <pre>{@code
 * try (TaskScope s = TaskScope.open("checkout", o -> o.deadline(Duration.ofSeconds(2)))) {
 *   Task<Price> price = s.spawn("price", this::price);
 *   Task<Stock> stock = s.spawn("stock", this::stock);
 *   s.join(); // the first failure cancels the rest and is thrown here
 *   return combine(price.get(), stock.get());
 * }
 * }</pre>
 *
 * <p><b>Names.</b> A scope name is one path segment: 1 to 64 of {@code a-z 0-9 . _ -}, beginning
 * with a letter or digit. Several live scopes may share a path, one {@code checkout} per request
 * for instance: the path is the low-cardinality name of all of them, {@link #id()} tells them
 * apart.
 *
 * <p><b>Context.</b> Whatever a task starts, directly or in a library, inherits its scope: {@link
 * #current()} answers in those threads. A thread that outlives the scope it came from belongs to
 * the nearest scope above that is not closed.
 *
 * <p>Thread-safe.
 */
public sealed interface TaskScope extends AutoCloseable permits ScopePlace {

  /**
   * A new tree.
   *
   * @param name one path segment
   * @throws IllegalArgumentException if the name is not a path segment
   */
  static TaskScope root(String name) {
    return root(name, UnaryOperator.identity());
  }

  /** A new tree, with options for its root. */
  static TaskScope root(String name, UnaryOperator<ScopeOptions> options) {
    return ScopeNode.longLived(null, name, options);
  }

  /**
   * Opens a block: a child of {@link #current()}, or a root where there is none. It becomes the
   * current scope of this thread until it is closed, which this thread must do; use
   * try-with-resources.
   *
   * @param name one path segment
   * @throws IllegalArgumentException if the name is not a path segment
   * @throws ScopeClosedException if the current scope is being cancelled
   */
  static TaskScope open(String name) {
    return open(name, UnaryOperator.identity());
  }

  /** Opens a block, with options. */
  static TaskScope open(String name, UnaryOperator<ScopeOptions> options) {
    return ScopeNode.block(name, options);
  }

  /**
   * The scope this thread works for: of the task or block it is in, or that it was started from.
   * Where that scope has closed, the nearest scope above it that has not. Empty outside of all
   * scopes.
   */
  static Optional<TaskScope> current() {
    return Optional.ofNullable(Context.currentScope());
  }

  /** The roots that are not closed, oldest first. */
  static List<TaskScope> roots() {
    return ScopeNode.openRoots();
  }

  /**
   * Counts by path over all trees of this JVM. Costs a walk over all scopes, not over their tasks.
   */
  static Statistics statistics() {
    return StatisticsReader.read();
  }

  /**
   * What was counted on a path that {@link #statistics()} does not list any more: counters are
   * complete, and nothing lives there. Kept as long as no new path needs the room, so that whoever
   * reads now and then does not miss the last counts of a path. Of a path that is in use again the
   * counters are those of the moment, and nothing else.
   *
   * @return empty if no scope was ever on the path, or it is no longer remembered
   */
  static Optional<PathStatistics> closedStatistics(String path) {
    return StatisticsReader.readClosed(path);
  }

  /** Unique within the JVM's life; greater than 0. */
  long id();

  /** One path segment. */
  String name();

  /** The names from the root to here, as {@code /web/app-a}. */
  String path();

  /**
   * The path its tasks are counted under in {@link #statistics()}: {@link #path()}, or {@code
   * (other)} if there were too many distinct paths when it was made.
   */
  String statisticsPath();

  /** Where it stands between open and closed. */
  ScopeState state();

  /** Whether it was made by {@link #open}. */
  boolean isBlock();

  /** The options it was made with. */
  ScopeOptions options();

  /** How long ago it was made. */
  Duration age();

  /** The scope it is in; empty for a root. */
  Optional<TaskScope> parent();

  /** The scopes directly in it that are not closed, oldest first. */
  List<TaskScope> children();

  /** All scopes below it that are not closed, each before those below it. */
  Stream<TaskScope> descendants();

  /**
   * The first scope at a relative path such as {@code app-a/handlers}; the empty path is the scope
   * itself.
   */
  Optional<TaskScope> find(String relativePath);

  /**
   * Its own live tasks, newest first; those of scopes below it are not included. A task that is
   * ending is still here when it is already in the {@link #history()}, so that it is always in one
   * of the two.
   */
  List<Task<?>> tasks();

  /**
   * A new scope in this one.
   *
   * @param name one path segment
   * @throws IllegalArgumentException if the name is not a path segment
   * @throws ScopeClosedException if this scope is closed, or a shutdown of it has begun
   */
  default TaskScope child(String name) {
    return child(name, UnaryOperator.identity());
  }

  /** A new scope in this one, with options. */
  TaskScope child(String name, UnaryOperator<ScopeOptions> options);

  /**
   * Starts a task on a virtual thread of its own.
   *
   * @param name low-cardinality: 1 to 128 characters without control characters, such as {@code GET
   *     /users/{id}}
   * @param body what it does
   * @return the task, at once
   * @throws IllegalArgumentException if the name is not a task name
   * @throws ScopeClosedException if this scope does not accept it: it is closed or being cancelled,
   *     or it drains and the caller is not inside it
   */
  <T extends @Nullable Object> Task<T> spawn(String name, Callable<? extends T> body);

  /** Starts a task without a result on a virtual thread of its own. */
  Task<@Nullable Void> spawn(String name, TaskAction<?> body);

  /**
   * Runs a task on the calling thread, and returns or throws what its body does. For servers that
   * have a thread per request already. A failure counts as a failed task but is not shown to the
   * failure handlers: the caller has it.
   *
   * <p>If the task is cancelled the calling thread is interrupted, and the body decides what to
   * throw; an interrupt that comes too late for the body does not reach the code after it.
   */
  <T extends @Nullable Object, X extends Throwable> T call(
      String name, ScopedValue.CallableOp<? extends T, X> body) throws X;

  /** Runs a task without a result on the calling thread. */
  <X extends Throwable> void call(String name, TaskAction<X> body) throws X;

  /**
   * Hands a resource to the scope, which closes it after its tasks and the scopes below it have
   * ended, the last one first.
   *
   * @param name for the report
   * @return the resource
   * @throws ScopeClosedException if the scope is closed or already closing its resources; the
   *     resource is then left open, and the caller's to close
   */
  <R extends AutoCloseable> R own(String name, R resource);

  /** Has the scope do something at the point where it closes its resources. */
  default void onClose(String name, TaskAction<? extends Exception> action) {
    AutoCloseable resource = action::run;
    own(name, resource);
  }

  /**
   * Starts a task at a fixed rate, the first time after one period. A tick that is due while the
   * one before is still live is left out.
   *
   * @param name for the timer and its tasks
   * @throws IllegalArgumentException if the period is not longer than zero
   * @throws ScopeClosedException if the scope is not open
   */
  default Timer every(String name, Duration period, TaskAction<?> body) {
    return every(name, period, OverlapPolicy.SKIP, body);
  }

  /** Starts a task at a fixed rate, and says what happens when one is due too early. */
  Timer every(String name, Duration period, OverlapPolicy overlap, TaskAction<?> body);

  /**
   * Starts a task once, after a delay.
   *
   * @throws IllegalArgumentException if the delay is negative
   * @throws ScopeClosedException if the scope is not open
   */
  Timer after(String name, Duration delay, TaskAction<?> body);

  /**
   * An executor for libraries that take one: whatever is submitted is a task of this scope on a
   * virtual thread of its own, of origin {@code adopted}, named after the class of what was
   * submitted. Shutting it down ends only it; when the scope no longer takes tasks, submitting
   * throws {@link java.util.concurrent.RejectedExecutionException}.
   */
  ExecutorService executor();

  /**
   * A thread factory for libraries that take one: its virtual threads are, from their start to
   * their end, tasks of this scope, of origin {@code adopted}. It answers null when the scope no
   * longer takes tasks.
   */
  ThreadFactory threadFactory();

  /**
   * The tasks of this scope, not of those below it, in the order in which they end from now on. It
   * ends when the scope is closed.
   */
  Completions<@Nullable Object> completions();

  /** The given tasks in the order in which they end, or have ended. It ends after the last one. */
  static <T extends @Nullable Object> Completions<T> asCompleted(
      Collection<? extends Task<? extends T>> tasks) {
    return CompletionBuffer.of(List.copyOf(tasks));
  }

  /**
   * Runs bodies against each other, in a block {@code race} of the current scope, and returns the
   * result of the winner. When it returns or throws, the losers have been cancelled and awaited;
   * one that ignores that is abandoned after a second.
   *
   * @param mode who wins, and when the bodies start
   * @param bodies in the order in which to start them
   * @return what the winner returned
   * @throws IllegalArgumentException if there are no bodies
   * @throws RaceFailedException if no body can win any more; see there
   * @throws InterruptedException if the calling thread is interrupted
   */
  static <T extends @Nullable Object> T race(
      RaceMode mode, List<? extends Callable<? extends T>> bodies) throws InterruptedException {
    return race("race", mode, bodies);
  }

  /**
   * Runs bodies against each other in a block of this name.
   *
   * @param name of the block, one path segment, and of the tasks in it
   */
  static <T extends @Nullable Object> T race(
      String name, RaceMode mode, List<? extends Callable<? extends T>> bodies)
      throws InterruptedException {
    return Race.run(name, mode, bodies);
  }

  /**
   * Runs something that a cancellation of the current task has to wait for, such as giving back
   * what was borrowed. If the task is cancelled meanwhile, its thread is interrupted when the body
   * has ended. A shutdown waits no longer for it than for other tasks: past the cancel timeout it
   * is abandoned. An interrupt that is not a cancellation is not held back. Outside of a task the
   * body just runs.
   *
   * @throws X what the body throws
   */
  static <T extends @Nullable Object, X extends Throwable> T shield(
      ScopedValue.CallableOp<? extends T, X> body) throws X {
    TaskRun<?> task = Context.ownTask();
    return task == null ? body.call() : task.<T, X>shielded(body);
  }

  /** Runs something without a result that a cancellation of the current task has to wait for. */
  static <X extends Throwable> void shield(TaskAction<X> body) throws X {
    TaskScope.<@Nullable Void, X>shield(
        () -> {
          body.run();
          return null;
        });
  }

  /**
   * Shuts a scope down when the JVM is told to end: by SIGTERM, Ctrl-C or {@code System.exit}. The
   * report is logged, if the logging library still takes it: {@code java.util.logging} ends at the
   * same time. Other shutdown hooks of the JVM run at the same time, too, that of the flight
   * recorder among them: a service that needs its recording up to the end calls {@link #shutdown}
   * itself.
   *
   * @return closing it takes the arrangement back
   */
  static AutoCloseable shutdownOnExit(TaskScope root, Duration deadline) {
    return shutdownOnExit(root, deadline, ExitHook::log);
  }

  /**
   * Shuts a scope down when the JVM is told to end, and hands over the report.
   *
   * @param reader gets the report on the thread of the shutdown hook, for instance {@code
   *     System.err::print}
   */
  static AutoCloseable shutdownOnExit(
      TaskScope root, Duration deadline, Consumer<? super ShutdownReport> reader) {
    return ExitHook.register(root, deadline, reader);
  }

  /**
   * Waits until this scope and all below it have no live tasks.
   *
   * @throws TaskFailedException in a {@code FAIL_FAST} scope, if a task has failed; in any, if its
   *     deadline passed, at most its cancel timeout later: tasks that ignore their interrupt are
   *     then abandoned
   * @throws InterruptedException if the calling thread is interrupted; the tasks go on
   * @throws IllegalStateException if called from inside one of these tasks, which would wait for
   *     itself
   */
  void join() throws InterruptedException;

  /**
   * Cancels every live task of this scope and of all below it. The scopes stay open.
   *
   * @param reason why, for people
   */
  void cancel(String reason);

  /**
   * Shuts this scope and all below it down, from the innermost to the outermost, and waits for it.
   *
   * <p>Each scope first <em>drains</em> for its {@link ScopeOptions#drainTimeout}: it accepts
   * nothing from outside and waits. Then it <em>cancels</em>: what is left is interrupted, once.
   * After its {@link ScopeOptions#cancelTimeout} it <em>abandons</em> what is still left, and goes
   * on. Then its resources close. Siblings do so side by side; a scope begins when all scopes in it
   * are closed. Blocks are shut down together with the scope whose tasks opened them.
   *
   * <p>At the deadline everything left is cancelled at once, and then abandoned. The call returns
   * at most 50 ms after the deadline, whatever the tasks do.
   *
   * <p>A second call joins the first, and a shorter deadline tightens it. A call from inside a task
   * of this scope does not wait for that task.
   *
   * @param deadline for the whole
   * @return what happened; the same report for every caller
   * @throws IllegalArgumentException if the deadline is negative
   */
  ShutdownReport shutdown(Duration deadline);

  /**
   * How the scope ended; empty until it is closed. A block that was left with nothing in it has
   * none.
   */
  Optional<ShutdownReport> report();

  /**
   * Whether a shutdown of it has begun, alone or with a scope around it; also while it still waits
   * for the scopes in it, and when it is over.
   */
  boolean isShuttingDown();

  /** The latest moment at which the shutdown under way will be over; empty when there is none. */
  Optional<Instant> shutdownDeadline();

  /**
   * Ends the scope. A block waits for its tasks until its deadline or its drain timeout, whichever
   * comes first, then cancels them, and abandons them after the cancel timeout. A {@code FAIL_FAST}
   * block that is left without {@link #join} (an exception or early return) cancels them at once. A
   * scope made by {@code root} or {@code child} is shut down with no deadline but those of the
   * scopes in it.
   */
  @Override
  void close();

  /**
   * This scope and everything below it, with its live tasks, at this moment. Costs time and memory
   * in proportion to the number of tasks, and stops none of them.
   */
  Snapshot snapshot();

  /**
   * The tasks that ended last, newest first: at most {@link ScopeOptions#history} of them, and half
   * as many failures that are older. Those of blocks in this scope are among them, with the path of
   * the block.
   */
  List<FinishedTask> history();

  /**
   * The scopes from here on down that a selector picks out, each without its tasks and children.
   *
   * <p>A selector is a path pattern, in which {@code *} is one segment or part of one and {@code
   * **} any number, followed by conditions in brackets that must all hold: {@code
   * /web/app-?/handlers[live>10]} with a {@code *} for the question mark. Operators are {@code = !=
   * > >= < <=} and {@code ~} for a regular expression; durations are written {@code 250ms 5s 2m
   * 1h}; texts with a bracket stand in single quotes. A scope has {@code id name path state live
   * started failed age depth}.
   *
   * @throws IllegalArgumentException that points at the column where the selector is wrong
   */
  List<ScopeView> scopes(String selector);

  /**
   * The tasks in the scopes from here on down that a selector picks out, as in {@code
   * /web/**[state=parked][age>5s][name~'GET .*']}. A task has {@code id name state age run queued
   * parked steps origin outcome reason parent}. Tasks of the history are looked through too if a
   * condition is about {@code state}, {@code outcome} or {@code reason}.
   *
   * @throws IllegalArgumentException that points at the column where the selector is wrong
   * @see #scopes(String)
   */
  List<TaskView> tasks(String selector);

  /**
   * What someone should look at, in this scope and below, and in the JVM as a whole; the most
   * severe first.
   */
  List<Finding> findings();

  /**
   * This scope alone, without its tasks and without the scopes below it. Cheap: counters are read.
   */
  ScopeView view();
}
