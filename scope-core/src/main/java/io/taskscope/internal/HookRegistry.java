// SPDX-License-Identifier: Apache-2.0
package io.taskscope.internal;

import io.taskscope.hook.HookRegistration;
import io.taskscope.hook.HookStatus;
import io.taskscope.hook.TaskHook;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All hooks of the JVM: those registered for everything, and the record of those that ever failed.
 */
public final class HookRegistry {
  private static final Object LOCK = new Object();

  // Guarded by LOCK for writing.
  private static volatile List<HookEntry> everywhere = List.of();
  private static volatile long generation;

  // Entries of subtrees and removed entries are remembered here by class once they have failed, so
  // that
  // counters never go back. Bounded by the number of hook classes. Guarded by LOCK.
  private static final Map<String, HookStatus> retired = new HashMap<>();

  // Entries of subtrees whose scopes are not closed. Guarded by LOCK.
  private static final List<HookEntry> local = new ArrayList<>();

  private HookRegistry() {}

  /** See {@code Hooks.add}. */
  public static HookRegistration add(TaskHook hook) {
    HookEntry entry = new HookEntry(Objects.requireNonNull(hook, "hook"));
    synchronized (LOCK) {
      List<HookEntry> next = new ArrayList<>(everywhere);
      next.add(entry);
      everywhere = List.copyOf(next);
      generation++;
    }
    entry.registered();
    return new Registration(entry);
  }

  private record Registration(HookEntry entry) implements HookRegistration {
    @Override
    public void close() {
      entry.unregistered();
      synchronized (LOCK) {
        List<HookEntry> next = new ArrayList<>(everywhere);
        if (next.remove(entry)) {
          entry.remove(); // before the generation changes: who sees that sees this
          everywhere = List.copyOf(next);
          generation++;
          retire(entry);
        }
      }
    }

    @Override
    public HookStatus status() {
      return entry.status();
    }
  }

  static long generation() {
    return generation;
  }

  /** Hooks given to one scope for its subtree. */
  public static final class Local {
    /** No hooks of its own and none above. */
    public static final Local NONE = new Local(null, List.of());

    private final @Nullable Local above;
    private final List<HookEntry> own;
    private volatile @Nullable HookSet cached;

    private Local(@Nullable Local above, List<HookEntry> own) {
      this.above = above;
      this.own = own;
    }

    /** These hooks and, called after them, the given ones; itself if none are given. */
    public Local with(List<TaskHook> hooks) {
      if (hooks.isEmpty()) {
        return this;
      }
      List<HookEntry> entries = hooks.stream().map(HookEntry::new).toList();
      synchronized (LOCK) {
        local.addAll(entries);
      }
      entries.forEach(HookEntry::registered);
      return new Local(this, entries);
    }

    /** The set that holds now. Two volatile reads, unless hooks have come or gone. */
    public HookSet hooks() {
      HookSet set = cached;
      if (set == null || set.generation != generation) {
        synchronized (LOCK) {
          List<HookEntry> entries = new ArrayList<>(everywhere);
          collect(entries);
          entries.removeIf(HookEntry::isQuarantined);
          set = new HookSet(generation, entries);
          cached = set;
        }
      }
      return set;
    }

    /** The scope that brought these hooks is closed. */
    public void closed() {
      own.forEach(HookEntry::unregistered);
      synchronized (LOCK) {
        local.removeAll(own);
        own.forEach(HookRegistry::retire);
      }
    }

    private void collect(List<HookEntry> into) {
      List<Local> chain = new ArrayList<>();
      for (Local at = this; at != null; at = at.above) {
        chain.add(at);
      }
      chain.reversed().forEach(at -> into.addAll(at.own));
    }
  }

  /** See {@code Hooks.status}. */
  public static List<HookStatus> status() {
    synchronized (LOCK) {
      Map<String, HookStatus> byClass = new TreeMap<>(retired);
      for (HookEntry entry : everywhere) {
        byClass.merge(entry.name(), entry.status(), HookRegistry::add);
      }
      for (HookEntry entry : local) {
        byClass.merge(entry.name(), entry.status(), HookRegistry::add);
      }
      return List.copyOf(byClass.values());
    }
  }

  /** A hook is not to be called any more, except to close what it opened. */
  static void quarantined() {
    synchronized (LOCK) {
      generation++;
    }
  }

  private static void retire(HookEntry entry) {
    if (entry.hasFailed()) {
      retired.merge(entry.name(), entry.status(), HookRegistry::add);
    }
  }

  private static HookStatus add(HookStatus a, HookStatus b) {
    Map<String, Long> failures = new TreeMap<>(a.failures());
    b.failures().forEach((method, count) -> failures.merge(method, count, Long::sum));
    return new HookStatus(a.hook(), failures, a.quarantined() || b.quarantined());
  }
}
