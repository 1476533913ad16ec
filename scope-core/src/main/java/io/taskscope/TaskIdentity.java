// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import io.taskscope.hook.AttachmentKey;
import io.taskscope.internal.HookSet;
import io.taskscope.view.Creator;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a task is from its creation on: its names, where it comes from, and what hooks keep on it.
 */
abstract sealed class TaskIdentity<T extends @Nullable Object> implements Task<T>
    permits TaskFuture {
  private static final VarHandle ATTACHMENTS;

  static {
    try {
      ATTACHMENTS =
          MethodHandles.lookup().findVarHandle(TaskIdentity.class, "attachments", Attachment.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final long id = Ids.nextTask();
  private final String name;
  private final ScopeNode scope;
  private final TaskOrigin origin;
  final Context.@Nullable TaskRef creator;

  /** Who hears of it; from its start on always the same, so that every bracket is closed. */
  HookSet hooks;

  final long createdNanos;

  /** Whether it runs on the thread of the task that created it, and inside it. */
  private boolean nested;

  private volatile @Nullable Attachment attachments;

  /** What one hook keeps here. A chain, because there are few, and adding one copies nothing. */
  private static final class Attachment {
    final AttachmentKey<?> key;
    volatile @Nullable Object value;
    final @Nullable Attachment next;

    Attachment(AttachmentKey<?> key, @Nullable Object value, @Nullable Attachment next) {
      this.key = key;
      this.value = value;
      this.next = next;
    }
  }

  TaskIdentity(ScopeNode scope, String name, TaskOrigin origin) {
    this.scope = scope;
    this.name = name;
    this.origin = origin;
    this.hooks = scope.hooks();
    Context context = Context.current();
    this.creator = context == null ? null : context.inheritable().task;
    this.nested = origin == TaskOrigin.CALLED && Context.ownTask(context) != null;
    this.createdNanos = System.nanoTime();
  }

  @Override
  public long id() {
    return id;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public ScopeNode scope() {
    return scope;
  }

  @Override
  public Optional<Task<?>> parent() {
    return Optional.ofNullable(creator == null ? null : creator.task);
  }

  @Override
  public long parentId() {
    return creator == null ? 0 : creator.id;
  }

  Context.@Nullable TaskRef creator() {
    return creator;
  }

  /** It is about to run on the thread of another task. */
  void nestIn(TaskRun<?> around) {
    nested = creator != null && creator.task == around;
  }

  /** The task whose body called this one; null if this one is the outermost of its thread. */
  @Nullable TaskRun<?> callerOnThisThread() {
    return nested && creator != null ? creator.task : null;
  }

  @Override
  public TaskOrigin origin() {
    return origin;
  }

  @Override
  public List<StackTraceElement> creationSite() {
    List<StackTraceElement> site = attachment(CreationSites.KEY);
    return site == null ? List.of() : site;
  }

  @Override
  public List<Creator> creators() {
    return creator == null ? List.of() : creator.chain();
  }

  @Override
  public Instant createdAt() {
    return Instant.now().minusNanos(System.nanoTime() - createdNanos);
  }

  @Override
  public <A> void attach(AttachmentKey<A> key, @Nullable A value) {
    Attachment first = attachments;
    Attachment known = find(first, key);
    while (known == null) {
      if (ATTACHMENTS.compareAndSet(this, first, new Attachment(key, value, first))) {
        return;
      }
      first = attachments;
      known = find(first, key);
    }
    known.value = value;
  }

  @Override
  @SuppressWarnings("unchecked") // attach pairs key and value
  public <A> @Nullable A attachment(AttachmentKey<A> key) {
    Attachment known = find(attachments, key);
    return known == null ? null : (A) known.value;
  }

  private static @Nullable Attachment find(@Nullable Attachment first, AttachmentKey<?> key) {
    for (Attachment at = first; at != null; at = at.next) {
      if (at.key == key) {
        return at;
      }
    }
    return null;
  }

  @Override
  public String toString() {
    return "task " + id + " \"" + name + "\" of " + scope.path();
  }
}
