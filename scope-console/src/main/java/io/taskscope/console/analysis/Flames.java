// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.analysis;

import io.taskscope.console.recording.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Trees of stacks by scope, from weights. */
final class Flames {
  private Flames() {}

  static Map<String, FlameNode> of(
      StackWeights weights, ScopeTable scopes, Stacks stacks, Names names) {
    Map<String, FlameNode> trees = new TreeMap<>();
    weights.forEach(
        (key, weight) -> {
          String path = scopes.byNumber((int) (key >>> 32)).path();
          int stack = (int) (long) key;
          trees
              .computeIfAbsent(path, FlameNode::new)
              .add(outermostFirst(stack, stacks, names), weight);
        });
    return trees;
  }

  private static List<String> outermostFirst(int stack, Stacks stacks, Names names) {
    if (stack == Stacks.NONE) {
      return List.of("(no stack)");
    }
    int[] methods = stacks.methods(stack);
    List<String> frames = new ArrayList<>(methods.length);
    for (int i = methods.length - 1; i >= 0; i--) {
      frames.add(names.text(methods[i]));
    }
    return frames;
  }
}
