// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import io.taskscope.internal.HookRegistry;
import io.taskscope.internal.HookSet;
import io.taskscope.view.FinishedTask;
import io.taskscope.view.ScopeView;
import io.taskscope.view.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A scope: its place in the tree, its tasks, and how it comes to its end. */
final class ScopeNode extends Member implements TaskScope {
  /** The roots that are not closed. */
  private static final MemberList<ScopeNode> ROOTS = new MemberList<>();

  private final long id = Ids.nextScope();
  private final long createdNanos = System.nanoTime();
  private final @Nullable ScopeNode parent;
  private final String name;
  private final boolean block;
  private final ScopeOptions options;
  private final Tree tree;
  private final CreationSite creationSite;
  private final PathStats stats;
  private final HookRegistry.Local hooks;
  private final TaskRegistry registry;
  private final MemberList<ScopeNode> children = new MemberList<>();

  final Context.ScopeRef ref;
  final Resources resources = new Resources(this);
  final FirstFailure failure = new FirstFailure(this);
  final Quiet quiet = new Quiet(this);
  final Timers timers = new Timers(this);
  private final @Nullable History history;
  private final Streams streams = new Streams();

  private volatile ScopeState state = ScopeState.OPEN;
  private volatile @Nullable ScopeShutdown shutdown; // guarded for writing by children
  private volatile @Nullable ShutdownReport report;
  private @Nullable String lastTaskName; // a race is harmless: the name is checked once more
  private @Nullable BlockExit exit;
  private volatile boolean joined;

  private ScopeNode(
      @Nullable ScopeNode parent, String name, boolean block, ScopeOptions options) {
    this.parent = parent;
    this.name = name;
    this.block = block;
    this.options = options;
    this.tree = Tree.of(parent, options);
    this.creationSite =
        options.creationSite == null && parent != null ? parent.creationSite : options.creationSite();
    this.hooks = (parent == null ? HookRegistry.Local.NONE : parent.hooks).with(options.hooks);
    this.registry =
        new TaskRegistry(
            this, block ? TaskRegistry.BLOCK_STRIPES : TaskRegistry.LONG_LIVED_STRIPES);
    this.ref = new Context.ScopeRef(this, parent == null ? null : parent.ref);
    this.history = block ? null : new History(options.history, tree.keptHistory());
    this.stats = PathStats.opened(parent == null ? null : parent.stats, name, !block);
  }

  // ---- making scopes

  static ScopeNode longLived(
      @Nullable ScopeNode parent, String name, UnaryOperator<ScopeOptions> change) {
    Checks.scopeName(name);
    ScopeOptions options = ScopeOptions.from(ScopeOptions.LONG_LIVED, change);
    if (parent != null && options.clock != null && options.clock != parent.clock()) {
      throw new IllegalArgumentException(
          "clock of scope \"%s\": only a root has one of its own, but %s is its parent"
              .formatted(name, parent.path()));
    }
    for (String sibling : options.closeAfter) {
      if (parent == null || parent.children().stream().noneMatch(c -> c.name().equals(sibling))) {
        throw new IllegalArgumentException(
            "closeAfter(\"%s\") of scope \"%s\": %s has no scope of that name; make it first"
                .formatted(sibling, name, parent == null ? "a root" : parent.path()));
      }
    }
    ScopeNode scope = new ScopeNode(parent, name, false, options);
    scope.enter();
    return scope;
  }

  static ScopeNode block(String name, UnaryOperator<ScopeOptions> change) {
    Checks.scopeName(name);
    ScopeOptions options = ScopeOptions.from(ScopeOptions.BLOCK, change);
    Context before = Context.current();
    ScopeNode scope =
        new ScopeNode(before == null ? null : before.nearestScope(), name, true, options);
    scope.enter();
    Context.Block opened = new Context.Block(scope, before);
    scope.exit = new BlockExit(scope, opened);
    Context.CARRIER.set(opened);
    return scope;
  }

  private void enter() {
    MemberList<ScopeNode> siblings = parent == null ? ROOTS : parent.children;
    synchronized (siblings) {
      if (parent != null && !parent.admitsScope(block)) {
        stats.closed();
        dropOwnHooks();
        throw new ScopeClosedException(
            "scope %s is %s: it takes no new scope \"%s\""
                .formatted(parent.path(), parent.standing(), name));
      }
      siblings.link(this);
    }
    if (options.deadline != null) {
      quiet.startDeadline(options.deadline);
    }
    hooks().scopeOpened(this);
  }

  /** Called with the lock of the children held. */
  private boolean admitsScope(boolean asBlock) {
    // Blocks belong to a task that is inside and may need them to come to its end.
    return asBlock
        ? state.compareTo(ScopeState.DRAINING) <= 0
        : state == ScopeState.OPEN && shutdown == null;
  }

  private String standing() {
    return state == ScopeState.OPEN ? "about to shut down" : state.toString();
  }

  // ---- tasks

  @Override
  public <T extends @Nullable Object> Task<T> spawn(String name, Callable<? extends T> body) {
    return start(this.<T>prepare(name, TaskOrigin.SPAWNED, body));
  }

  @Override
  public Task<@Nullable Void> spawn(String name, TaskAction<?> body) {
    return start(this.<@Nullable Void>prepare(name, TaskOrigin.SPAWNED, body));
  }

  /** A task that is not a member yet. */
  <T extends @Nullable Object> TaskRun<T> prepare(String name, TaskOrigin origin, Object body) {
    return new TaskRun<>(this, checkedTaskName(name), origin, body);
  }

  /** Makes it a member, and starts it on a virtual thread of its own. */
  <T extends @Nullable Object> TaskRun<T> start(TaskRun<T> task) {
    admit(task);
    try {
      Thread.ofVirtual().name(task.name()).unstarted(task).start();
    } catch (Throwable noThread) { // out of memory, most likely; the caller must know
      task.endBeforeStart(new Outcome.Failure(noThread));
      throw noThread;
    }
    return task;
  }

  @Override
  public <T extends @Nullable Object, X extends Throwable> T call(
      String name, ScopedValue.CallableOp<? extends T, X> body) throws X {
    TaskRun<T> task = prepare(name, TaskOrigin.CALLED, body);
    admit(task);
    return task.runHere(body);
  }

  @Override
  public <X extends Throwable> void call(String name, TaskAction<X> body) throws X {
    TaskRun<@Nullable Void> task = prepare(name, TaskOrigin.CALLED, body);
    admit(task);
    task.<X>runHere(
        () -> {
          body.run();
          return null;
        });
  }

  private void admit(TaskRun<?> task) {
    if (!tryAdmit(task)) {
      throw new ScopeClosedException(
          "scope %s is %s: it takes no new task \"%s\"%s"
              .formatted(
                  path(),
                  standing(),
                  task.name(),
                  state == ScopeState.DRAINING ? " from outside" : ""));
    }
  }

  /** Makes the task a member; false if this scope does not take it now. */
  boolean tryAdmit(TaskRun<?> task) {
    if (!registry.add(task)) {
      return false;
    }
    stats.started(task.origin());
    if (creationSite != CreationSite.OFF) {
      CreationSites.take(task, creationSite);
    }
    task.created();
    failure.cancelLatecomer(task);
    return true;
  }

  /** Called with the lock of a stripe held. */
  boolean admitsTask() {
    return switch (state) {
      case OPEN -> true;
      case DRAINING -> isInside(Context.currentScope());
      case CANCELLING, CLOSED -> false;
    };
  }

  private boolean isInside(@Nullable ScopeNode caller) {
    for (ScopeNode at = caller; at != null; at = at.parent) {
      if (at == this) {
        return true;
      }
    }
    return false;
  }

  @SuppressWarnings("ReferenceEquality") // a cheap guess; a wrong one costs a second check
  private String checkedTaskName(String name) {
    if (name != lastTaskName) { // most callers pass the same constant again and again
      lastTaskName = Checks.taskName(name);
    }
    return name;
  }

  /** A task of this scope has failed, and has not left yet. */
  void failed(TaskRun<?> task, Throwable error) {
    if (options.policy == Policy.FAIL_FAST) {
      failure.record(task, error);
    }
  }

  /**
   * A task has its outcome and goes.
   *
   * @return whether someone reads completions here and has got this one
   */
  boolean leave(TaskRun<?> task, Outcome how, long created, long started, long finished) {
    TaskRegistry.Departure departure = registry.remove(task, how.kind());
    if (departure == TaskRegistry.Departure.WAS_GONE) {
      return true;
    }
    stats.finished(how.kind());
    History kept = nearestHistory();
    if (kept != null) {
      kept.add(task, how, created, started, finished);
    }
    boolean retrieved = streams.offer(task);
    if (departure == TaskRegistry.Departure.MAYBE_LAST) {
      quiet.maybeReached();
    }
    return retrieved;
  }

  private @Nullable History nearestHistory() {
    ScopeNode at = this;
    while (at != null && at.history == null) {
      at = at.parent;
    }
    return at == null ? null : at.history;
  }

  @Override
  public void cancel(String reason) {
    cancelTasks(Outcome.Cancelled.byCaller(Objects.requireNonNull(reason, "reason")));
  }

  /** Cancels the tasks here and below, but for those that wait for this. */
  void cancelTasks(Outcome.Cancelled request) {
    for (ScopeNode node : subtree()) {
      node.registry.forEach(
          task -> {
            if (!task.exempt) {
              task.cancel(request);
            }
          });
    }
  }

  @Override
  public void join() throws InterruptedException {
    for (TaskRun<?> at = Context.ownTask(); at != null; at = at.callerOnThisThread()) {
      if (isInside(at.scope())) {
        throw new IllegalStateException(
            "join() of %s is called from inside %s, which would wait for itself"
                .formatted(path(), at));
      }
    }
    quiet.await();
    joined = true;
    failure.throwIfAny();
  }

  // ---- the end

  @Override
  public ShutdownReport shutdown(Duration deadline) {
    return ScopeShutdown.request(this, Objects.requireNonNull(deadline, "deadline")).await();
  }

  /** Starts a shutdown bounded by the scopes' own limits, and does not wait for it. */
  void requestShutdown() {
    ScopeShutdown.request(this, null);
  }

  @Override
  public void close() {
    if (exit != null) {
      exit.leave();
    } else {
      ScopeShutdown.request(this, null).await();
    }
  }

  /**
   * Moves forward to a state; when this returns, nothing that it forbids is under way.
   *
   * @return false if the scope was there already, or further
   */
  boolean advance(ScopeState next) {
    synchronized (children) {
      if (next.compareTo(state) <= 0) {
        return false;
      }
      state = next;
    }
    registry.barrier();
    return true;
  }

  /** Closes a block at once if there is nothing in it; this is what nearly all of them come to. */
  boolean closeIfEmpty() {
    synchronized (children) {
      if (shutdown != null || children.size() > 0 || !resources.isEmpty() || !registry.isQuiet()) {
        return false;
      }
    }
    if (!advance(ScopeState.CANCELLING)) {
      return false;
    }
    synchronized (children) { // what came in before the door was shut makes it a real shutdown
      if (shutdown != null || children.size() > 0 || !registry.isQuiet()) {
        return false;
      }
    }
    if (!resources.sealIfEmpty()) {
      return false;
    }
    if (!closed(null)) {
      return true; // a shutdown of the scope around it was faster
    }
    HookSet told = hooks();
    told.scopeClosing(this);
    told.scopeClosed(this);
    leaveTree();
    failure.reportIfUnseen();
    return true;
  }

  /** Whether the body of a fail-fast block ended without waiting for its tasks: nobody wants them. */
  boolean isLeftInAHurry() {
    return options.policy == Policy.FAIL_FAST && (!joined || failure.any());
  }

  /**
   * Makes it final: the report, the state, and that nobody inherits this scope any more.
   *
   * @return false if it was closed already
   */
  boolean closed(@Nullable ShutdownReport how) {
    synchronized (children) {
      if (state == ScopeState.CLOSED) {
        return false;
      }
      report = how;
      state = ScopeState.CLOSED;
    }
    quiet.stopDeadline();
    ref.scope = null;
    stats.closed();
    streams.end();
    timers.stop();
    return true;
  }

  /** The very last step, when its hooks know: the scope around it need not wait for it any more. */
  void leaveTree() {
    MemberList<ScopeNode> siblings = parent == null ? ROOTS : parent.children;
    synchronized (siblings) {
      siblings.unlink(this);
    }
    dropOwnHooks();
    if (history != null) {
      history.dropped();
    }
  }

  private void dropOwnHooks() {
    if (hooks != (parent == null ? HookRegistry.Local.NONE : parent.hooks)) {
      hooks.closed();
    }
  }

  /** The shutdown of this scope: the one under way, or a new one that admits no more child scopes. */
  ScopeShutdown shutdownOrNew() {
    synchronized (children) {
      ScopeShutdown current = shutdown;
      if (current == null) {
        current = new ScopeShutdown(this);
        shutdown = current;
      }
      return current;
    }
  }

  @Nullable ScopeShutdown shutdownUnderWay() {
    return shutdown;
  }

  // ---- the tree

  @Override
  public ScopeNode child(String name, UnaryOperator<ScopeOptions> change) {
    return longLived(this, name, change);
  }

  @Override
  public <R extends AutoCloseable> R own(String name, R resource) {
    resources.add(Checks.resourceName(name), Objects.requireNonNull(resource, "resource"));
    return resource;
  }

  static List<TaskScope> openRoots() {
    return oldestFirst(ROOTS);
  }

  private static List<TaskScope> oldestFirst(MemberList<ScopeNode> list) {
    List<TaskScope> scopes = new ArrayList<>();
    list.forEach(
        scope -> {
          if (scope.state != ScopeState.CLOSED) {
            scopes.add(scope);
          }
        });
    Collections.reverse(scopes);
    return scopes;
  }

  @Override
  public Optional<TaskScope> parent() {
    return Optional.ofNullable(parent);
  }

  @Nullable ScopeNode above() {
    return parent;
  }

  @Override
  public List<TaskScope> children() {
    return oldestFirst(children);
  }

  /** The scopes directly in it, those included whose hooks are just being told that they are closed. */
  List<ScopeNode> childNodes() {
    List<ScopeNode> nodes = new ArrayList<>();
    children.forEach(nodes::add);
    return nodes;
  }

  /** This scope and all below it, each before those below it. */
  List<ScopeNode> subtree() {
    List<ScopeNode> found = new ArrayList<>();
    Deque<ScopeNode> todo = new ArrayDeque<>();
    todo.push(this);
    while (!todo.isEmpty()) { // a loop, because trees may be thousands of scopes deep
      ScopeNode next = todo.pop();
      found.add(next);
      next.children.forEach(todo::push); // newest first, so that the oldest is popped first
    }
    return found;
  }

  @Override
  public Stream<TaskScope> descendants() {
    return subtree().stream()
        .skip(1)
        .filter(scope -> scope.state != ScopeState.CLOSED)
        .map(TaskScope.class::cast);
  }

  @Override
  public Optional<TaskScope> find(String relativePath) {
    List<TaskScope> level = List.of(this);
    for (String segment : relativePath.split("/", -1)) {
      if (!segment.isEmpty()) {
        level =
            level.stream()
                .flatMap(scope -> scope.children().stream())
                .filter(scope -> scope.name().equals(segment))
                .toList();
      }
    }
    return level.stream().findFirst();
  }

  @Nullable ScopeNode selfOrOpenAncestor() {
    ScopeNode at = this;
    while (at != null && at.state == ScopeState.CLOSED) {
      at = at.parent;
    }
    return at;
  }

  // ---- what it is

  @Override
  public long id() {
    return id;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String path() {
    if (stats.depth > 0) {
      return stats.path;
    }
    StringBuilder path = new StringBuilder(); // beyond the limit of paths nobody keeps it
    for (ScopeNode at = this; at != null; at = at.parent) {
      path.insert(0, "/" + at.name);
    }
    return path.toString();
  }

  @Override
  public String statisticsPath() {
    return stats.path;
  }

  @Override
  public ScopeState state() {
    return state;
  }

  @Override
  public boolean isBlock() {
    return block;
  }

  @Override
  public ScopeOptions options() {
    return options;
  }

  @Override
  public Duration age() {
    return Duration.ofNanos(System.nanoTime() - createdNanos);
  }

  TaskClock clock() {
    return tree.clock();
  }

  Tree tree() {
    return tree;
  }

  HookSet hooks() {
    return hooks.hooks();
  }

  PathStats stats() {
    return stats;
  }

  TaskRegistry registry() {
    return registry;
  }

  @Override
  public List<Task<?>> tasks() {
    List<Task<?>> tasks = new ArrayList<>();
    registry.forEach(
        task -> {
          if (!task.hasLeft()) {
            tasks.add(task);
          }
        });
    return tasks;
  }

  @Override
  public List<FinishedTask> history() {
    History kept = nearestHistory();
    return kept == null ? List.of() : kept.read();
  }

  @Override
  public Timer every(String name, Duration period, OverlapPolicy overlap, TaskAction<?> body) {
    return timers.every(name, period, overlap, body);
  }

  @Override
  public Timer after(String name, Duration delay, TaskAction<?> body) {
    return timers.after(name, delay, body);
  }

  @Override
  public ExecutorService executor() {
    return new ScopeExecutor(this);
  }

  @Override
  public ThreadFactory threadFactory() {
    return new AdoptedThreads(this);
  }

  @Override
  public Completions<@Nullable Object> completions() {
    return streams.open();
  }

  @Override
  public Optional<ShutdownReport> report() {
    return Optional.ofNullable(report);
  }

  @Override
  public Optional<Instant> shutdownDeadline() {
    ScopeShutdown current = shutdown;
    return current == null || state == ScopeState.CLOSED
        ? Optional.empty()
        : current.deadlineInstant();
  }

  @Override
  public Snapshot snapshot() {
    return Snapshots.of(this);
  }

  @Override
  public ScopeView view() {
    return Snapshots.alone(this);
  }

  @Override
  public String toString() {
    return "scope " + path();
  }
}
