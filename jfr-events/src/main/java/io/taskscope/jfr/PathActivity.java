// SPDX-License-Identifier: Apache-2.0
package io.taskscope.jfr;

import io.taskscope.view.OutcomeCounts;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/**
 * What the tasks of one scope path did, as events told since the stream began. Without those of
 * paths below it.
 *
 * @param path such as {@code /web/app-a/handlers}, or {@code (other)}
 * @param openScopes scopes with this path that are not closed, as their last event said
 * @param live tasks that have begun and not ended
 * @param started tasks that began
 * @param finished tasks that ended, by outcome
 * @param queued how long the tasks that ended had been queued, in their whole life
 * @param running how long they had been running
 * @param parked how long they had been parked
 * @param steps how many steps they took; 0 without the agent
 * @param parks how often they waited; 0 without the agent
 * @param jdk what the JDK's events say; kinds of which there were none are absent
 */
public record PathActivity(
    String path,
    long openScopes,
    long live,
    long started,
    OutcomeCounts finished,
    Duration queued,
    Duration running,
    Duration parked,
    long steps,
    long parks,
    Map<JdkActivity, JdkActivity.Amount> jdk) {

  /** Keeps an immutable copy of the map. */
  public PathActivity {
    jdk = Map.copyOf(jdk);
  }

  /** Nothing yet. */
  static PathActivity none(String path) {
    return new PathActivity(
        path,
        0,
        0,
        0,
        OutcomeCounts.NONE,
        Duration.ZERO,
        Duration.ZERO,
        Duration.ZERO,
        0,
        0,
        Map.of());
  }

  /** How much of one kind there was; none is no error. */
  public JdkActivity.Amount of(JdkActivity kind) {
    return jdk.getOrDefault(kind, JdkActivity.Amount.NONE);
  }

  /** Both together, under the path of this one. */
  public PathActivity plus(PathActivity other) {
    Map<JdkActivity, JdkActivity.Amount> sums = new EnumMap<>(JdkActivity.class);
    sums.putAll(jdk);
    other.jdk.forEach((kind, amount) -> sums.merge(kind, amount, JdkActivity.Amount::plus));
    return new PathActivity(
        path,
        openScopes + other.openScopes,
        live + other.live,
        started + other.started,
        finished.plus(other.finished),
        queued.plus(other.queued),
        running.plus(other.running),
        parked.plus(other.parked),
        steps + other.steps,
        parks + other.parks,
        sums);
  }
}
