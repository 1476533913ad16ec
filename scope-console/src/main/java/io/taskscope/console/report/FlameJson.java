// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.report;

import com.fasterxml.jackson.core.JsonGenerator;
import io.taskscope.console.analysis.FlameNode;
import io.taskscope.console.analysis.RecordingReport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Trees of stacks in few bytes: a node is the number of its name, its weight and its children.
 * Nodes too small to be seen are one node.
 */
final class FlameJson {
  private static final double SMALLEST = 0.001;
  private static final int MAX_NODES = 12_000;
  private static final int MAX_DEPTH = 100;

  private final RecordingReport report;
  private final JsonGenerator json;
  private final Map<String, Integer> numbers = new HashMap<>();
  private final List<String> names = new ArrayList<>();
  private int nodes;

  FlameJson(RecordingReport report, JsonGenerator json) {
    this.report = report;
    this.json = json;
  }

  void write() throws IOException {
    json.writeObjectFieldStart("flames");
    for (StackKind kind : StackKind.values()) {
      nodes = 0;
      json.writeObjectFieldStart(kind.label());
      json.writeStringField("unit", kind.unit());
      json.writeObjectFieldStart("trees");
      for (Map.Entry<String, FlameNode> tree : kind.trees(report).entrySet()) {
        json.writeFieldName(tree.getKey());
        FlameNode root = tree.getValue();
        node(root, Math.max(1, (long) (root.total() * SMALLEST)), 0);
      }
      json.writeEndObject();
      json.writeEndObject();
    }
    json.writeArrayFieldStart("names");
    for (String name : names) {
      json.writeString(name);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void node(FlameNode node, long smallest, int depth) throws IOException {
    nodes++;
    json.writeStartArray();
    json.writeNumber(number(node.name()));
    json.writeNumber(node.total());
    long small = 0;
    for (FlameNode child : node.children()) {
      if (child.total() < smallest || nodes >= MAX_NODES || depth >= MAX_DEPTH) {
        small += child.total();
      } else {
        node(child, smallest, depth + 1);
      }
    }
    if (small > 0) {
      json.writeStartArray();
      json.writeNumber(number("(other)"));
      json.writeNumber(small);
      json.writeEndArray();
    }
    json.writeEndArray();
  }

  private int number(String name) {
    return numbers.computeIfAbsent(
        name,
        n -> {
          names.add(n);
          return names.size() - 1;
        });
  }
}
