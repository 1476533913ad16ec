// SPDX-License-Identifier: Apache-2.0
package io.taskscope.testing;

import io.taskscope.hook.HookStatus;
import io.taskscope.view.Finding;
import io.taskscope.view.OutcomeCounts;
import io.taskscope.view.ScopeView;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What must hold after every test, each as a sentence that says where it does not. */
final class Invariants {
  private Invariants() {}

  /** The counts of a scope add up, and nothing is live in it. */
  static List<String> ofClosed(ScopeView scope) {
    List<String> broken = new ArrayList<>(ofCounts(scope));
    if (scope.live() != 0) {
      broken.add("%s still has %s live tasks".formatted(named(scope), scope.live()));
    }
    return broken;
  }

  static List<String> ofCounts(ScopeView scope) {
    OutcomeCounts finished = scope.finished();
    if (scope.started() == finished.total() + scope.live()) {
      return List.of();
    }
    return List.of(
        "%s started %s tasks, but %s finished and %s are live: %s are lost"
            .formatted(
                named(scope),
                scope.started(),
                finished.total(),
                scope.live(),
                scope.started() - finished.total() - scope.live()));
  }

  private static String named(ScopeView scope) {
    return "scope " + scope.path() + " (id " + scope.id() + ")";
  }

  /** No hook has failed, or was taken out, since an earlier look. */
  static List<String> ofHooks(Collection<HookStatus> before, Collection<HookStatus> after) {
    Map<String, HookStatus> known = new HashMap<>();
    before.forEach(status -> known.put(status.hook(), status));
    List<String> broken = new ArrayList<>();
    for (HookStatus now : after) {
      HookStatus earlier =
          known.getOrDefault(now.hook(), new HookStatus(now.hook(), Map.of(), false));
      now.failures()
          .forEach(
              (method, count) -> {
                long more = count - earlier.failures().getOrDefault(method, 0L);
                if (more > 0) {
                  broken.add("hook %s failed %s times in %s".formatted(now.hook(), more, method));
                }
              });
      if (now.quarantined() && !earlier.quarantined()) {
        broken.add("hook %s was quarantined".formatted(now.hook()));
      }
    }
    return broken;
  }

  /** No body goes on that its scope has given up. */
  static List<String> ofFindings(List<Finding> findings) {
    return findings.stream()
        .filter(finding -> finding.kind() == Finding.Kind.LEAKED)
        .map(finding -> "scope " + finding.path() + ": " + finding.sentence())
        .toList();
  }

  static List<String> ofDrops(String what, long before, long after) {
    return after == before ? List.of() : List.of((after - before) + " " + what);
  }
}
