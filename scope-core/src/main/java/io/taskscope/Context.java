// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import io.taskscope.view.Creator;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a thread knows about the scope it works for: the task whose body it is in, a block it has
 * open, or what it inherited from the thread that started it.
 *
 * <p>An {@link InheritableThreadLocal} carries it, because that is what the JDK passes on to every
 * thread a task starts: raw virtual and platform threads, threads of executors, and forks of a
 * {@code StructuredTaskScope}. A {@link ScopedValue} reaches only the last of these.
 *
 * <p>What is passed on is an {@link Inherited}: references that are cut when the task or scope
 * ends, so that a thread that lives for ever keeps nothing of it in memory.
 */
sealed interface Context permits TaskRun, Context.Block, Context.Inherited, Context.Pooled {

  /** The task of this context; null when it has none, or that task has ended. */
  @Nullable TaskRun<?> liveTask();

  /**
   * The scope of this context, or the nearest above that is not closed; null when there is none.
   */
  @Nullable ScopeNode nearestScope();

  /** What a thread that is started in this context gets. */
  Inherited inheritable();

  /** A block that this thread has open. */
  record Block(ScopeNode block, @Nullable Context outer) implements Context {
    /** What is around all blocks of this thread; a loop, because there may be thousands. */
    private @Nullable Context outermost() {
      Context at = outer;
      while (at instanceof Block around) {
        at = around.outer();
      }
      return at;
    }

    @Override
    public @Nullable TaskRun<?> liveTask() {
      Context around = outermost();
      return around == null ? null : around.liveTask();
    }

    @Override
    public @Nullable ScopeNode nearestScope() {
      return block.selfOrOpenAncestor();
    }

    @Override
    public Inherited inheritable() {
      Context around = outermost();
      return new Inherited(block.ref, around == null ? null : around.inheritable().task);
    }
  }

  /**
   * What a thread of a pool has while it runs something that was submitted.
   *
   * @param context the task it is, or where it came from
   * @param outer what the thread had before
   * @param work what the pool runs
   * @param interrupted whether it was told at once that its task was cancelled
   */
  record Pooled(Context context, @Nullable Context outer, Object work, boolean interrupted)
      implements Context {
    @Override
    public @Nullable TaskRun<?> liveTask() {
      return context.liveTask();
    }

    @Override
    public @Nullable ScopeNode nearestScope() {
      return context.nearestScope();
    }

    @Override
    public Inherited inheritable() {
      return context.inheritable();
    }
  }

  /** What a thread inherited from the thread that started it. */
  final class Inherited implements Context {
    private final ScopeRef scope;
    final @Nullable TaskRef task;

    Inherited(ScopeRef scope, @Nullable TaskRef task) {
      this.scope = scope;
      this.task = task;
    }

    @Override
    public @Nullable TaskRun<?> liveTask() {
      return task == null ? null : task.task;
    }

    @Override
    public @Nullable ScopeNode nearestScope() {
      for (ScopeRef at = scope; at != null; at = at.above) {
        ScopeNode node = at.scope;
        if (node != null) {
          return node;
        }
      }
      return null;
    }

    @Override
    public Inherited inheritable() {
      return this;
    }
  }

  /** A reference to a scope that is cut when the scope closes. */
  final class ScopeRef {
    final @Nullable ScopeRef above;
    volatile @Nullable ScopeNode scope;

    ScopeRef(ScopeNode scope, @Nullable ScopeRef above) {
      this.scope = scope;
      this.above = above;
    }
  }

  /** A reference to a task that is cut when the task ends; what remains is where it came from. */
  final class TaskRef {
    private static final int MAX_CREATORS = 8;

    final long id;
    volatile @Nullable TaskRun<?> task;

    /**
     * The task itself and those it came from, nearest first; copied, so that no chain grows for
     * ever.
     */
    private final List<Creator> chain;

    TaskRef(TaskRun<?> task, @Nullable TaskRef creator) {
      this.id = task.id();
      this.task = task;
      List<Creator> all = new ArrayList<>();
      all.add(new Creator(task.id(), task.name(), task.scope().path()));
      if (creator != null) {
        all.addAll(creator.chain.subList(0, Math.min(MAX_CREATORS - 1, creator.chain.size())));
      }
      chain = List.copyOf(all);
    }

    List<Creator> chain() {
      return chain;
    }
  }

  /** The thread-local that carries the context. */
  final class Carrier extends InheritableThreadLocal<@Nullable Context> {
    @Override
    protected @Nullable Context childValue(@Nullable Context parentValue) {
      return parentValue == null ? null : parentValue.inheritable();
    }
  }

  /** The context of every thread. */
  Carrier CARRIER = new Carrier();

  static @Nullable Context current() {
    return CARRIER.get();
  }

  /** The nearest context from here outwards that is no block that has been left. */
  static @Nullable Context withoutLeftBlocks(@Nullable Context context) {
    Context at = context;
    while (at instanceof Block around && around.block().isLeft()) {
      at = around.outer();
    }
    return at;
  }

  static void restore(@Nullable Context context) {
    if (context == null) {
      CARRIER.remove();
    } else {
      CARRIER.set(context);
    }
  }

  static @Nullable TaskRun<?> currentTask() {
    Context context = CARRIER.get();
    return context == null ? null : context.liveTask();
  }

  static @Nullable ScopeNode currentScope() {
    Context context = CARRIER.get();
    return context == null ? null : context.nearestScope();
  }

  /**
   * The task whose body the calling thread itself is in; what it merely inherited does not count.
   */
  static @Nullable TaskRun<?> ownTask() {
    return ownTask(CARRIER.get());
  }

  /** The same for a thread with this context. */
  static @Nullable TaskRun<?> ownTask(@Nullable Context context) {
    while (true) {
      switch (context) {
        case TaskRun<?> task -> {
          return task;
        }
        case Block block -> context = block.outer();
        case Pooled pooled -> context = pooled.context();
        case null, default -> {
          return null;
        }
      }
    }
  }
}
