// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class ExitHookTest {
  @RegisterExtension final TreeGuard guard = new TreeGuard();

  /** Runs in a JVM of its own. */
  static final class Service {
    private Service() {}

    public static void main(String[] args) throws Exception {
      TaskScope web = TaskScope.root("web", o -> o.drainTimeout(Duration.ofMillis(100)));
      AutoCloseable arrangement =
          TaskScope.shutdownOnExit(
              web, Duration.ofSeconds(5), report -> System.out.println(report));
      if (args[0].equals("taken-back")) {
        arrangement.close();
        arrangement.close();
      }
      CountDownLatch never = new CountDownLatch(1);
      web.onClose("last words", () -> System.out.println("resource closed"));
      web.spawn(
          "waits",
          () -> {
            try {
              never.await();
            } catch (InterruptedException e) {
              System.out.println("task interrupted");
            }
          });
      System.out.println("ready");
      if (args[0].equals("exit")) {
        System.exit(3);
      }
      never.await();
    }
  }

  private record Ended(int status, String output) {}

  private static Ended run(String mode) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Service.class.getName(),
                mode)
            .redirectErrorStream(true)
            .start();
    try (BufferedReader reader = process.inputReader()) {
      String first = reader.readLine();
      assertThat(first).isEqualTo("ready");
      if (!mode.equals("exit")) {
        process.toHandle().destroy(); // SIGTERM, and its output stays open
      }
      String rest = reader.lines().collect(Collectors.joining("\n"));
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
      return new Ended(process.exitValue(), rest);
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void sigterm_shutsTheTreeDown() throws Exception {
    Ended ended = run("sigterm");

    assertThat(ended.status()).isEqualTo(143);
    assertThat(ended.output().lines()).contains("task interrupted", "resource closed");
    assertThat(ended.output()).contains("shutdown of /web: CANCELLED");
  }

  @Test
  void systemExit_shutsTheTreeDown() throws Exception {
    Ended ended = run("exit");

    assertThat(ended.status()).isEqualTo(3);
    assertThat(ended.output().lines()).contains("resource closed");
  }

  @Test
  void shutdownOnExit_takenBack_doesNothing() throws Exception {
    Ended ended = run("taken-back");

    assertThat(ended.status()).isEqualTo(143);
    assertThat(ended.output()).isEmpty();
  }

  @Test
  void shutdownOnExit_ofNegativeDeadline_throws() {
    TaskScope web = guard.root("web");

    assertThatThrownBy(() -> TaskScope.shutdownOnExit(web, Duration.ofMillis(-5)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("PT-0.005S");
  }
}
