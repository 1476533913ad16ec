// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.report;

import io.taskscope.console.analysis.FlameNode;
import io.taskscope.console.analysis.RecordingReport;
import io.taskscope.console.analysis.Text;
import java.io.PrintWriter;

/** Stacks in the format of Brendan Gregg's flame graph scripts, a line each. */
public final class CollapsedStacks {
  private CollapsedStacks() {}

  /**
   * Writes the stacks of all scopes. Their first frames are the segments of the path of the scope,
   * each with a slash before it.
   *
   * @param report of the recording
   * @param kind what they are weighed by
   * @param out takes the lines
   */
  public static void write(RecordingReport report, StackKind kind, PrintWriter out) {
    kind.trees(report).forEach((path, tree) -> write(tree, new StringBuilder(root(path)), out));
  }

  private static String root(String path) {
    String root = Text.printable(path.replace(';', ':'));
    return root.startsWith("/") ? "/" + root.substring(1).replace("/", ";/") : root;
  }

  private static void write(FlameNode node, StringBuilder stack, PrintWriter out) {
    if (node.self() > 0) {
      out.append(stack).append(' ').append(Long.toString(node.self())).append('\n');
    }
    int length = stack.length();
    for (FlameNode child : node.children()) {
      // A semicolon separates frames, a line end stacks.
      stack.append(';').append(Text.printable(child.name().replace(';', ':')));
      write(child, stack, out);
      stack.setLength(length);
    }
  }
}
