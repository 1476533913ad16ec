// SPDX-License-Identifier: Apache-2.0
package io.taskscope.agent;

import io.taskscope.Task;
import io.taskscope.TaskScope;
import io.taskscope.view.AgentStatus;
import java.time.Duration;

/**
 * Started in a JVM of its own: does a known number of switches and prints, as lines {@code
 * key=value}, what the agent says and has counted. With the argument {@code wait} it first uses the
 * library, says {@code ready} and waits for a line.
 */
final class StatusProgram {
  static final int YIELDS = 1_000;

  private StatusProgram() {}

  /** See the class. */
  @SuppressWarnings("ThreadPriorityCheck") // yields are what is counted
  public static void main(String... arguments) throws Exception {
    TaskScope root = TaskScope.root("status");
    if (arguments.length > 0) {
      root.spawn("early", () -> {}).get();
      System.out.println("ready");
      System.in.read();
    }
    AgentStatus agent = TaskScope.statistics().agent();
    System.out.println("module=" + TaskScope.class.getModule().isNamed());
    System.out.println("agent=" + agent.state().label());
    agent.missing().forEach(sentence -> System.out.println("missing=" + sentence));
    root.findings().stream()
        .filter(finding -> finding.path().isEmpty())
        .forEach(finding -> System.out.println(finding.kind().label() + "=" + finding.sentence()));
    Task<Void> task =
        root.spawn(
            "yields",
            () -> {
              for (int i = 0; i < YIELDS; i++) {
                Thread.yield();
              }
            });
    task.get();
    System.out.println("steps=" + task.times().steps());
    root.spawn("starts", () -> Thread.startVirtualThread(() -> {}).join()).get();
    System.out.println("tasks=" + root.view().started());
    System.out.println("report=" + root.shutdown(Duration.ofSeconds(30)).result());
  }
}
