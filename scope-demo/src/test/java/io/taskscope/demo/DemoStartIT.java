// SPDX-License-Identifier: Apache-2.0
package io.taskscope.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the demo says to options, ports and collectors that are wrong. */
class DemoStartIT {
  @TempDir private Path directory;

  private static final Pattern ACCOUNT =
      Pattern.compile(
          "(\\d+) of (\\d+) spans exported to .*; (\\d+) lost(?:, and (\\d+) still unsent.*)?$");

  @ParameterizedTest
  @CsvSource({
    "--duration=soon, \"soon\" is no duration: write 1 to 999999 and a unit, '500ms, 30s, 2m or 1h'",
    "--duration=0s, \"0s\" is no duration, --help",
    "--deadline=10, \"10\" is no duration, '500ms, 30s'",
    "--port=65536, \"65536\" is no port: write 1 to 65535, 0 for any free one",
    "--metrics-port=web, \"web\" is no port, --metrics-port",
    "--rate=1000, \"1000\" is no rate: write 1 to 200, 0 for none",
    "--prot=1, Unknown option: '--prot=1', --help",
    "later, 'later', --help"
  })
  void option_wrong_isSaidInOneLine(String option, String said, String also) throws Exception {
    try (DemoProcess demo = DemoProcess.demo(directory, Map.of(), option)) {
      assertThat(demo.awaitExit()).isEqualTo(2);
      assertThat(demo.err()).hasSize(1);
      assertThat(demo.err().getFirst()).startsWith("taskscope demo: ").contains(said, also);
      assertThat(demo.out()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"--port, --metrics-port", "--metrics-port, --port"})
  void port_inUse_isSaidInOneLineAndNothingStays(String taken, String other) throws Exception {
    Path recording = directory.resolve("demo.jfr");
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        DemoProcess demo =
            DemoProcess.demo(
                directory,
                Map.of(),
                taken + "=" + socket.getLocalPort(),
                other + "=0",
                "--recording=" + recording)) {
      assertThat(demo.awaitExit()).isEqualTo(1);
      assertThat(demo.err()).hasSize(1);
      assertThat(demo.err().getFirst())
          .contains("cannot listen on port " + socket.getLocalPort())
          .contains(taken + " 0");
      assertThat(recording).doesNotExist();
    }
  }

  @Test
  void port_inUse_keepsAnOlderRecording() throws Exception {
    Path recording = Files.writeString(directory.resolve("demo.jfr"), "from yesterday");
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        DemoProcess demo =
            DemoProcess.demo(
                directory,
                Map.of(),
                "--port=" + socket.getLocalPort(),
                "--metrics-port=0",
                "--recording=" + recording)) {
      assertThat(demo.awaitExit()).isEqualTo(1);
      assertThat(recording).hasContent("from yesterday");
    }
  }

  @Test
  void recording_notWritable_isSaidInOneLine() throws Exception {
    Path nowhere = directory.resolve("no-such-directory/demo.jfr");
    try (DemoProcess demo = DemoProcess.demo(directory, Map.of(), "--recording=" + nowhere)) {
      assertThat(demo.awaitExit()).isEqualTo(1);
      assertThat(demo.err()).hasSize(1);
      assertThat(demo.err().getFirst()).contains("cannot write the recording " + nowhere);
    }
  }

  @Test
  void endpoint_malformed_isSaidInOneLine() throws Exception {
    try (DemoProcess demo =
        DemoProcess.demo(
            directory,
            Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317"),
            "--port=0",
            "--metrics-port=0")) {
      assertThat(demo.awaitExit()).isEqualTo(1);
      assertThat(demo.err()).hasSize(1);
      assertThat(demo.err().getFirst()).contains("OTEL_").contains("collector:4317");
    }
  }

  @Test
  void collector_unreachable_isLoggedOnceAndCountedAndTheDemoRunsOn() throws Exception {
    int closedPort;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closedPort = socket.getLocalPort();
    }
    try (DemoProcess demo =
        DemoProcess.demo(
            directory,
            Map.of(
                "OTEL_EXPORTER_OTLP_ENDPOINT",
                "http://127.0.0.1:" + closedPort,
                "OTEL_EXPORTER_OTLP_TIMEOUT",
                "500"),
            "--port=0",
            "--metrics-port=0",
            "--recording=" + directory.resolve("demo.jfr"))) {
      String server = demo.awaitValue("server");
      String metrics = demo.awaitValue("metrics");
      HttpProbe.await(metrics, answer -> lostSpans(answer.body()) > 0);
      demo.awaitLine(line -> line.startsWith("/web/app-a/handlers ")); // some more exports

      assertThat(HttpProbe.get(server + "a/users/7").statusCode()).isEqualTo(200);
      double shown = lostSpans(HttpProbe.get(metrics).body());
      demo.signal("TERM");
      assertThat(demo.awaitExit()).isEqualTo(143);
      assertThat(demo.err()).hasSize(1);
      assertThat(demo.err().getFirst()).contains("cannot export spans", ":" + closedPort);
      String traces = demo.awaitLine(line -> line.startsWith("traces     "));
      Matcher counts = ACCOUNT.matcher(traces);
      assertThat(counts.find()).as(traces).isTrue();
      assertThat(counts.group(1)).isEqualTo("0");
      long unsent = counts.group(4) == null ? 0 : Long.parseLong(counts.group(4));
      long lost = Long.parseLong(counts.group(3));
      assertThat(lost + unsent) // none is neither here nor there
          .isEqualTo(Long.parseLong(counts.group(2)));
      assertThat(shown).as("each is counted once").isLessThanOrEqualTo((double) lost);
    }
  }

  private static double lostSpans(String metrics) {
    return metrics
        .lines()
        .filter(line -> line.startsWith("taskscope_telemetry_dropped_total"))
        .filter(line -> line.contains("signal=\"spans\""))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }

  @Test
  void help_asked_listsTheOptions() throws Exception {
    try (DemoProcess demo = DemoProcess.demo(directory, Map.of(), "--help")) {
      assertThat(demo.awaitExit()).isZero();
      assertThat(String.join("\n", demo.out()))
          .contains(
              "--port", "--metrics-port", "--duration", "--deadline", "--rate", "--recording");
    }
  }
}
