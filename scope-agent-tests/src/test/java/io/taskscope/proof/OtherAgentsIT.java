// SPDX-License-Identifier: Apache-2.0
package io.taskscope.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Beside agents that change the same classes, before and after them. */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
class OtherAgentsIT {
  private static final int JAVA = Runtime.version().feature();

  /** What the other agents and the JVM say of themselves. */
  private static final String OTHERS = "WARNING: .*|\\[otel\\.javaagent .*|OpenJDK .* warning: .*";

  @Test
  void counts_withOursAlone_areExactAndNothingIsSaid() throws Exception {
    JavaProcess.Ended ended = JavaProcess.run(Agents.counting(Agents.YIELDS, Agents.ours()));

    Agents.assertExact(ended, JAVA);
    assertThat(ended.err()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void counts_besideOpenTelemetry_areExactAndItsSpansGoOn(boolean oursFirst) throws Exception {
    List<String> flags = inOrder(oursFirst, Agents.openTelemetry());
    flags.add("-Dotel.traces.exporter=console");
    flags.add("-Dotel.metrics.exporter=none");
    flags.add("-Dotel.logs.exporter=none");
    flags.add(
        "-Dotel.instrumentation.methods.include=" + AdoptionProgram.class.getName() + "[perTask]");

    JavaProcess.Ended ended =
        JavaProcess.run(Agents.counting(Agents.YIELDS, flags.toArray(String[]::new)));

    Agents.assertExact(ended, JAVA);
    assertThat(ended.err()).anyMatch(line -> line.contains("AdoptionProgram.perTask"));
    assertThat(ended.errWithout(OTHERS)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void counts_besideAByteBuddyAgent_areExactForBoth(boolean oursFirst, @TempDir Path directory)
      throws Exception {
    List<String> flags = inOrder(oursFirst, "-javaagent:" + ByteBuddyAgent.jar(directory));

    JavaProcess.Ended ended =
        JavaProcess.run(Agents.counting(Agents.YIELDS, flags.toArray(String[]::new)));

    assertThat(ended.err()).anyMatch(line -> line.matches("Byte Buddy saw .*"));
    List<String> seen =
        ended.err().stream().filter(line -> line.startsWith("Byte Buddy saw")).toList();
    assertThat(seen).singleElement().asString().doesNotContain(" 0 ");
    Agents.assertExact(ended, JAVA);
    assertThat(ended.errWithout(OTHERS + "|Byte Buddy saw .*")).isEmpty();
  }

  private static List<String> inOrder(boolean oursFirst, String other) {
    List<String> order = new ArrayList<>(List.of(Agents.ours(), other));
    if (!oursFirst) {
      Collections.reverse(order);
    }
    return order;
  }
}
