// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import io.taskscope.hook.AttachmentKey;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Takes down where a task is created, and keeps it on the task. */
final class CreationSites {
  static final AttachmentKey<List<StackTraceElement>> KEY =
      AttachmentKey.of("taskscope.creationSite");

  /** The classes of ours that lie between the caller and here. */
  private static final Set<String> OURS =
      Stream.of(
              CreationSites.class,
              TaskScope.class,
              ScopePlace.class,
              ScopeWork.class,
              ScopeNode.class,
              Timers.class,
              ScopeExecutor.class,
              AdoptedThreads.class,
              ScopeTimer.class,
              Race.class)
          .map(Class::getName)
          .collect(Collectors.toUnmodifiableSet());

  private CreationSites() {}

  static void take(TaskRun<?> task, CreationSite how) {
    List<StackTraceElement> stack = StackWalker.getInstance().walk(frames -> select(frames, how));
    task.attach(KEY, stack);
  }

  private static List<StackTraceElement> select(
      Stream<StackWalker.StackFrame> frames, CreationSite how) {
    Stream<StackTraceElement> callers =
        frames
            .dropWhile(frame -> OURS.contains(frame.getClassName()))
            .map(StackWalker.StackFrame::toStackTraceElement);
    return (how == CreationSite.LINE ? callers.limit(1) : callers).toList();
  }
}
