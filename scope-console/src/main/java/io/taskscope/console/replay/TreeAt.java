// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.replay;

import java.util.List;

/**
 * The tree at a point in time.
 *
 * @param nanos the point in time, since 1970
 * @param scopes by path, then by id
 * @param tasks that lived, the oldest first
 * @param taskCount how many tasks lived, also those that are not listed
 */
public record TreeAt(long nanos, List<ScopeAt> scopes, List<TaskAt> tasks, long taskCount) {
  /** Keeps immutable copies. */
  public TreeAt {
    scopes = List.copyOf(scopes);
    tasks = List.copyOf(tasks);
  }

  /**
   * The scopes of one path.
   *
   * @param path of the scopes
   * @param state the last that was recorded; empty where none was
   * @param phase of the shutdown under way; empty for none
   * @param scopes how many scopes of the path were known to be open; 0 where none was recorded
   * @param live tasks
   * @param queued of them known to wait for a carrier
   * @param running of them known to be on a carrier
   * @param parked of them known to wait for something else
   */
  public record ScopeAt(
      String path,
      String state,
      String phase,
      long scopes,
      long live,
      long queued,
      long running,
      long parked) {}

  /**
   * A task that lived.
   *
   * @param id unique in the JVM
   * @param parentId the task that created it; 0 for none
   * @param path of its scope
   * @param name of the task
   * @param ageNanos how old it was
   * @param state queued, running, parked, or live where the recording does not tell more
   * @param reason why it was parked; empty where it was not
   * @param stateNanos how long it had been in that state; 0 where the recording does not tell
   */
  public record TaskAt(
      long id,
      long parentId,
      String path,
      String name,
      long ageNanos,
      String state,
      String reason,
      long stateNanos) {}
}
