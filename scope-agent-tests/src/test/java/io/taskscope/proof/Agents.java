// SPDX-License-Identifier: Apache-2.0
package io.taskscope.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskscope.TaskScope;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The agents that the build has laid out, and what a program with ours must print. */
final class Agents {
  private static final Path DIRECTORY = Path.of(System.getProperty("proof.agents"));

  /** What the counting program does here; a twentieth are timed parks. */
  static final int YIELDS = 40_000;

  private Agents() {}

  static String ours() {
    return "-javaagent:" + DIRECTORY.resolve("scope-agent.jar");
  }

  static String openTelemetry() {
    return "-javaagent:" + DIRECTORY.resolve("opentelemetry-javaagent.jar");
  }

  /** The arguments that run the counting program. */
  static List<String> counting(int yields, String... jvmArguments) {
    List<String> arguments = new ArrayList<>(List.of(jvmArguments));
    arguments.add("-cp");
    arguments.add(JavaProcess.classPathOf(CountsProgram.class, TaskScope.class));
    arguments.add(CountsProgram.class.getName());
    arguments.add("" + yields);
    return arguments;
  }

  /** Every count is exact, and everything was adopted that should be. */
  static void assertExact(JavaProcess.Ended ended, int java) {
    assertThat(ended.exit()).as("%s", ended).isZero();
    Map<String, String> wrong = new TreeMap<>(ended.values());
    wrong.entrySet().removeAll(exact(java).entrySet());
    assertThat(wrong).as("not as it should be, on JDK %d", java).isEmpty();
    assertThat(ended.values().keySet()).containsAll(exact(java).keySet());
  }

  private static Map<String, String> exact(int java) {
    Map<String, String> exact = new LinkedHashMap<>();
    exact.put("java", "" + java);
    exact.put("agent", "on");
    for (String counted : List.of("yields", "parks", "sleeps", "waits")) {
      exact.put(counted, "0"); // too many, or too few
      if (!counted.equals("sleeps")) {
        exact.put(counted + ".others", "0");
      }
      exact.put(counted + ".steps", "0");
    }
    exact.put("monitors", "0");
    exact.put("time", "true");
    for (String started :
        List.of(
            "virtual",
            "platform",
            "background",
            "pertask",
            "pool",
            "forkjoin",
            "common",
            "future",
            "stage",
            "timer")) {
      exact.put("adopted." + started, "50/50");
      exact.put("counted." + started, "50");
      exact.put("closed." + started, "clean");
    }
    exact.put("network.members", "0"); // the JDK's threads that wait for it are nobody's
    exact.put("network.closed", "clean");
    exact.put("leaked", "0");
    exact.put("report", "clean");
    return exact;
  }
}
