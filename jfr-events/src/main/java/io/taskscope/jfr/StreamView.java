// SPDX-License-Identifier: Apache-2.0
package io.taskscope.jfr;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The tree as the events of a recording tell it, at one moment.
 *
 * @param at the time of the last event
 * @param paths what happened by scope path, sorted by path
 * @param tasks the tasks that live, at most as many as the stream keeps
 * @param agent whether the agent measures steps and parks there: {@code on}, {@code partial},
 *     {@code failed}, {@code off}, or empty while no event has told
 * @param losses what the numbers lack
 */
public record StreamView(
    Instant at, List<PathActivity> paths, List<StreamTask> tasks, String agent, Losses losses) {

  /** Keeps immutable copies of the lists. */
  public StreamView {
    paths = List.copyOf(paths);
    tasks = List.copyOf(tasks);
  }

  /** What happened on one path. */
  public Optional<PathActivity> find(String path) {
    return paths.stream().filter(activity -> activity.path().equals(path)).findFirst();
  }

  /** What happened on a path and all below it. */
  public PathActivity total(String path) {
    return paths.stream()
        .filter(one -> one.path().equals(path) || one.path().startsWith(path + "/"))
        .reduce(PathActivity.none(path), PathActivity::plus);
  }

  /**
   * A task that lives.
   *
   * @param id its id
   * @param parentId the task that created it; 0 when it was created outside of any task
   * @param scopeId the scope it belongs to
   * @param path the path of that scope
   * @param name its name
   * @param origin how it came to be: spawned, called, adopted or tick
   * @param since when its body began
   * @param threadId the Java thread id of its thread; 0 when not known
   */
  public record StreamTask(
      long id,
      long parentId,
      long scopeId,
      String path,
      String name,
      String origin,
      Instant since,
      long threadId) {}

  /**
   * What the numbers lack.
   *
   * @param unattributed JDK events by kind that happened in no task, or in one that was not known
   * @param recorderBytes bytes the recorder itself lost, as {@code jdk.DataLoss} tells
   * @param eventsDropped steps and monitor waits that came too fast to be written, since the start
   *     of the JVM
   * @param tasksUntracked tasks that were only counted, because too many lived at a time
   * @param pathsOverflowed events counted under {@code (other)}, because there were too many paths
   * @param unreadable events that did not have the expected fields, from another version perhaps
   */
  public record Losses(
      Map<JdkActivity, JdkActivity.Amount> unattributed,
      long recorderBytes,
      long eventsDropped,
      long tasksUntracked,
      long pathsOverflowed,
      long unreadable) {
    /** Keeps an immutable copy of the map. */
    public Losses {
      unattributed = Map.copyOf(unattributed);
    }
  }
}
