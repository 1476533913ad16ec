// SPDX-License-Identifier: Apache-2.0
package io.taskscope.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskscope.otel.testing.OtlpReceiver;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the demo ends: by SIGTERM, by Ctrl-C and by itself. */
class DemoShutdownIT {
  private static final Pattern OLDEST =
      Pattern.compile(
          "taskscope_oldest_task_age_seconds\\{scope_path=\"/web/app-a/handlers\"} (\\S+)");

  private static final Pattern ROW = Pattern.compile(" +(/\\S+) +(?:CLEAN|CANCELLED|ABANDONED) .*");

  @TempDir private Path directory;

  @Test
  void sigterm_withAStuckRequest_stopsInOrderAndNamesIt() throws Exception {
    try (OtlpReceiver collector = OtlpReceiver.start();
        DemoProcess demo =
            start(
                Map.of(
                    "OTEL_EXPORTER_OTLP_ENDPOINT",
                    collector.httpEndpoint(),
                    "OTEL_EXPORTER_OTLP_PROTOCOL",
                    "http/protobuf"),
                "--deadline=8s")) {
      String server = demo.awaitValue("server");
      awaitStuckRequest(demo.awaitValue("metrics"));
      assertThat(HttpProbe.getAtOnce(server + "b/inventory", 15)) // until a timer must wait too
          .containsOnly(200);

      long before = System.nanoTime();
      demo.signal("TERM");
      HttpResponse<String> refused =
          HttpProbe.await(server + "a/users/7", answer -> answer.statusCode() == 503);
      int exit = demo.awaitExit();
      Duration took = Duration.ofNanos(System.nanoTime() - before);

      assertThat(refused.headers().firstValue("Retry-After")).hasValue("2");
      assertThat(exit).as(demo.transcript()).isEqualTo(143);
      assertThat(took).isLessThan(Duration.ofSeconds(8 + 3)); // the deadline, and the last export
      assertReport(demo.out());
      collector.awaitSpans(
          spans -> new SpanTree(spans).hasWholeCheckout(), Duration.ofSeconds(1)); // all are there
      assertRecording(Path.of(demo.awaitValue("recording")));
      assertThat(demo.err()).isEmpty();
    }
  }

  private DemoProcess start(Map<String, String> environment, String... more) throws Exception {
    List<String> options = new ArrayList<>(List.of(more));
    options.addAll(List.of("--port=0", "--recording=" + directory.resolve("demo.jfr")));
    return DemoProcess.demo(directory, environment, options.toArray(String[]::new));
  }

  /** No other request lasts this long. */
  private static void awaitStuckRequest(String metrics) throws InterruptedException {
    HttpProbe.await(
        metrics,
        answer -> {
          Matcher oldest = OLDEST.matcher(answer.body());
          return oldest.find() && Double.parseDouble(oldest.group(1)) > 2.5;
        });
  }

  private static void assertReport(List<String> out) {
    List<String> closed =
        out.stream().map(ROW::matcher).filter(Matcher::matches).map(row -> row.group(1)).toList();
    assertThat(closed)
        .containsSubsequence("/load", "/web/app-a/handlers", "/web/app-a/background", "/web/app-a")
        .containsSubsequence("/web/app-b/timers", "/web/app-b", "/web")
        .endsWith("/web")
        .hasSize(10);
    String text = String.join("\n", out);
    assertThat(text)
        .containsSubsequence(
            "SIGTERM: stopping in order, within 8s",
            "shutdown of /load",
            "shutdown of /web: ABANDONED",
            "\"GET /a/stuck\" of /web/app-a/handlers",
            "io.taskscope.demo.App.stuck",
            "requests",
            "recording",
            "jfr print");
  }

  private static void assertRecording(Path file) throws Exception {
    List<RecordedEvent> events = RecordingFile.readAllEvents(file);
    assertThat(events)
        .anyMatch(
            event ->
                is(event, "taskscope.Task", "/web/app-b/handlers")
                    && event.getString("name").equals("GET /b/users/{id}"))
        .anyMatch(
            event ->
                is(event, "taskscope.TaskAbandoned", "/web/app-a/handlers")
                    && event.getString("name").equals("GET /a/stuck"))
        .anyMatch(
            event ->
                is(event, "taskscope.Shutdown", "/web")
                    && event.getString("phase").equals("resources"))
        .anyMatch(event -> is(event, "taskscope.Scope", "/web/app-a"));

    Path jfr = Path.of(System.getProperty("java.home"), "bin", "jfr");
    try (DemoProcess print =
        DemoProcess.start(
            file.getParent(),
            Map.of(),
            List.of(
                jfr.toString(),
                "print",
                "--events",
                "jdk.ThreadSleep,jdk.JavaMonitorEnter",
                file.toString()))) {
      assertThat(print.awaitExit()).isZero();
      assertThat(print.out())
          .contains("  Context: Task.scopePath = \"/web/app-b/handlers\"")
          .contains("  Context: Task.name = \"GET /b/report\"")
          .contains("  monitorClass = io.taskscope.demo.App$Shelf (classLoader = app)");
    }
  }

  private static boolean is(RecordedEvent event, String type, String path) {
    return event.getEventType().getName().equals(type) && event.getString("scopePath").equals(path);
  }

  @Test
  void secondCtrlC_whileStopping_endsAtOnce() throws Exception {
    try (DemoProcess demo = start(Map.of(), "--deadline=1h", "--rate=0")) {
      demo.awaitValue("server");
      demo.signal("INT");
      demo.awaitLine(line -> line.startsWith("Ctrl-C: stopping in order, within 1h"));
      demo.signal("INT");

      assertThat(demo.awaitExit()).isEqualTo(130);
      assertThat(demo.out()).noneMatch(line -> line.startsWith("next"));
    }
  }

  @Test
  void duration_over_endsCleanlyByItself() throws Exception {
    try (DemoProcess demo = start(Map.of(), "--duration=1s", "--rate=0")) {
      assertThat(demo.awaitExit()).as(demo.transcript()).isZero();

      assertThat(demo.out())
          .contains("Time is over: stopping in order, within 10s")
          .anyMatch(line -> line.matches("traces +\\d+ of \\d+ spans held in memory"))
          .noneMatch(line -> line.contains("ABANDONED"));
      assertThat(directory.resolve("demo.jfr")).isNotEmptyFile();
      assertThat(demo.err()).isEmpty();
    }
  }

  @Test
  void collector_hanging_holdsUpTheEndForABoundedTime() throws Exception {
    try (OtlpReceiver collector = OtlpReceiver.start();
        DemoProcess demo =
            start(
                Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", collector.grpcEndpoint()), "--deadline=2s")) {
      collector.behave(OtlpReceiver.Behaviour.HANG);
      demo.awaitValue("server");
      collector.awaitRequests(1, DemoProcess.PATIENCE);
      long before = System.nanoTime();
      demo.signal("TERM");

      assertThat(demo.awaitExit()).as(demo.transcript()).isEqualTo(143);
      assertThat(Duration.ofNanos(System.nanoTime() - before))
          .isLessThan(Duration.ofSeconds(2 + 3 + 3)); // deadline, export, and a slow machine
      assertThat(demo.awaitLine(line -> line.startsWith("traces     ")))
          .endsWith(" still unsent after 3s");
    }
  }

  @Test
  void deadline_short_isKept() throws Exception {
    try (DemoProcess demo = start(Map.of(), "--deadline=500ms")) {
      awaitStuckRequest(demo.awaitValue("metrics"));
      demo.signal("TERM");

      assertThat(demo.awaitExit()).isEqualTo(143);
      String title = demo.awaitLine(line -> line.startsWith("shutdown of /web: ABANDONED in "));
      Matcher millis = Pattern.compile("in (\\d+) ms").matcher(title);
      assertThat(millis.find()).as(title).isTrue();
      assertThat(Integer.parseInt(millis.group(1))).isLessThanOrEqualTo(550);
      assertThat(Files.size(directory.resolve("demo.jfr"))).isPositive();
    }
  }
}
