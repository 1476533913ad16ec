// SPDX-License-Identifier: Apache-2.0
package io.taskscope.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskscope.otel.testing.OtlpReceiver;
import io.taskscope.otel.testing.ReceivedSpan;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The demo as a process, while it runs: what it answers, and what is seen of it from outside. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DemoRunningIT {
  private static final Pattern ADOPTED =
      Pattern.compile(
          "taskscope_tasks_started_total\\{origin=\"adopted\",scope_path=\"/web/app-b/handlers\"} [1-9]");
  private static final Pattern PARKED =
      Pattern.compile(
          "taskscope_task_park_seconds_total\\{reason=\"sleep\",scope_path=\"/web/app-a/handlers\"} [0-9.]*[1-9]");

  private OtlpReceiver collector;
  private DemoProcess demo;
  private String server;
  private String metrics;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    collector = OtlpReceiver.start();
    demo =
        DemoProcess.demo(
            directory,
            Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", collector.grpcEndpoint()),
            "--port=0",
            "--metrics-port=0",
            "--recording=" + directory.resolve("demo.jfr"));
    server = demo.awaitValue("server");
    metrics = demo.awaitValue("metrics");
  }

  @AfterAll
  void stop() {
    if (demo != null) {
      demo.close();
    }
    collector.close();
  }

  @Test
  void header_afterStart_namesEveryAddress() throws Exception {
    assertThat(server).matches("http://127\\.0\\.0\\.1:\\d+/");
    assertThat(metrics).matches("http://127\\.0\\.0\\.1:\\d+/metrics");
    assertThat(demo.awaitValue("traces")).isEqualTo(collector.grpcEndpoint());
    assertThat(demo.awaitValue("recording")).endsWith("demo.jfr");
  }

  @Test
  void agent_withoutAnyFlag_isOn() throws Exception {
    assertThat(demo.awaitValue("agent")).startsWith("on: ");
    assertThat(demo.err()).isEmpty();
    assertAnswer("b/report", 200, "audited");
    HttpProbe.await(
        metrics,
        answer ->
            answer.body().contains("taskscope_build_info{agent=\"on\",")
                && ADOPTED.matcher(answer.body()).find()
                && PARKED.matcher(answer.body()).find());
  }

  @Test
  void routes_goodRequests_areAnswered() throws Exception {
    assertAnswer("", 200, "a/users/7");
    assertAnswer("healthz", 200, "ok");
    assertAnswer("a/users/7", 200, "{\"id\":7,\"name\":\"user-7\"}");
    assertAnswer("b/report", 200, "orders");
    assertAnswer("b/inventory", 200, "counted");
    assertAnswer("a/checkout?item=7", 200, "\"item\":7");
  }

  @Test
  void routes_badRequests_sayWhatIsWrong() throws Exception {
    assertAnswer("a/users/9999", 404, "no user 9999");
    assertAnswer("a/users/x", 400, "id must be a number, but is \\\"x\\\"");
    assertAnswer("a/checkout?item=many", 400, "item must be a number, but is \\\"many\\\"");
    assertAnswer("a/checkout?item=%FF", 400, "error");
    assertAnswer("c/users/7", 404, "nothing at /c/users/7");
    assertAnswer("a/nothing", 404, "nothing at /a/nothing");
    assertAnswer("a/users", 404, "nothing at /a/users");
    assertAnswer("a/report/7", 404, "nothing at /a/report/7");
  }

  @Test
  void routes_failures_becomeStatuses() throws Exception {
    assertAnswer("b/fail", 500, "this route always fails");
    assertAnswer("b/checkout?item=10", 500, "stock");
    assertAnswer("b/checkout?item=" + App.SLOW_ITEM, 504, "deadline");
  }

  @Test
  void routes_manyAtOnce_areAllAnswered() {
    assertThat(HttpProbe.getAtOnce(server + "a/inventory", 50)).hasSize(50).containsOnly(200);
  }

  private void assertAnswer(String path, int status, String body) throws Exception {
    HttpResponse<String> answer = HttpProbe.get(server + path);
    assertThat(answer.body()).contains(body);
    assertThat(answer.statusCode()).isEqualTo(status);
  }

  @Test
  void metrics_scrapedByPrometheus_haveScopesAndExemplars(@TempDir Path directory)
      throws Exception {
    try (PrometheusProcess prometheus = PrometheusProcess.start(directory, metrics)) {
      prometheus.awaitQuery("up == 1", answer -> answer.contains("\"job\":\"demo\""));
      prometheus.awaitQuery(
          "taskscope_tasks_started_total{scope_path=\"/web/app-a/handlers\"} > 0",
          answer -> answer.contains("\"origin\":\"called\""));
      prometheus.awaitQuery(
          "taskscope_tasks_finished_total{scope_path=\"/web/app-a/handlers\",outcome=\"failure\"} > 0",
          answer -> answer.contains("\"outcome\":\"failure\""));
      prometheus.awaitQuery(
          "taskscope_scope_state{scope_path=\"/web/app-b\",state=\"open\"} == 1",
          answer -> answer.contains("/web/app-b"));
      String exemplars =
          prometheus.awaitExemplars(
              "taskscope_task_duration_seconds_bucket{scope_path=\"/web/app-a/handlers\"}",
              answer -> answer.contains("trace_id"));
      Matcher traceId = Pattern.compile("\"trace_id\":\"([0-9a-f]{32})\"").matcher(exemplars);
      assertThat(traceId.find()).isTrue();
      String exemplar = traceId.group(1);
      collector.awaitSpans(
          spans -> spans.stream().anyMatch(span -> span.traceId().equals(exemplar)),
          DemoProcess.PATIENCE);
    }
  }

  @Test
  void spans_exportedByGrpc_hangTogetherFromClientToJob() throws Exception {
    List<ReceivedSpan> spans =
        collector.awaitSpans(
            received -> new SpanTree(received).hasWholeCheckout(), DemoProcess.PATIENCE);

    assertThat(spans)
        .allSatisfy(
            span -> assertThat(span.resource()).containsEntry("service.name", "taskscope-demo"));
    assertThat(spans.stream().map(ReceivedSpan::name).collect(Collectors.toSet()))
        .as("names of low cardinality")
        .hasSizeLessThan(25);
  }

  @Test
  void status_everyFiveSeconds_hasARowPerScope() throws Exception {
    String row = demo.awaitLine(line -> line.startsWith("/web/app-a/handlers "));

    assertThat(row).matches("\\S+ +\\d+ +\\d+ +\\d+\\.\\d +\\d+ +(-|\\d+\\.\\d s)");
  }
}
