// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.analysis;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A frame in a tree of stacks, with what was seen in it and below it. The root stands for a scope.
 * Written while the report is made only.
 */
public final class FlameNode {
  private final String name;
  private long total;
  private long self;
  private final Map<String, FlameNode> children = new HashMap<>();

  FlameNode(String name) {
    this.name = name;
  }

  /** {@return the method} */
  public String name() {
    return name;
  }

  /** {@return the weight of the stacks that go through here} */
  public long total() {
    return total;
  }

  /** {@return the weight of the stacks that end here} */
  public long self() {
    return self;
  }

  /** {@return the methods called from here, the heaviest first} */
  public List<FlameNode> children() {
    List<FlameNode> sorted = new ArrayList<>(children.values());
    sorted.sort(
        Comparator.comparingLong(FlameNode::total).reversed().thenComparing(FlameNode::name));
    return sorted;
  }

  /** Adds a stack, given from the outermost frame to the innermost. */
  void add(List<String> outermostFirst, long weight) {
    FlameNode node = this;
    node.total += weight;
    for (String frame : outermostFirst) {
      node = node.children.computeIfAbsent(frame, FlameNode::new);
      node.total += weight;
    }
    node.self += weight;
  }
}
