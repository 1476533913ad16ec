// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskscope.otel.testing.OtlpReceiver;
import io.taskscope.otel.testing.ReceivedSpan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whole services, set up by environment variables, and what a collector gets of them. */
@Timeout(value = 150, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ProcessTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  @TempDir Path directory;

  @Test
  void autoconfigurationAlone_installsTheBridge_andExportsWhatEndsDuringTheExit() throws Exception {
    try (OtlpReceiver receiver = OtlpReceiver.start()) {
      Map<String, String> environment = otel(receiver);
      environment.put("OTEL_LOGS_EXPORTER", "none");
      environment.put("OTEL_TASKSCOPE_PATH_IN_BAGGAGE", "true");
      List<ReceivedSpan> spans;
      try (ServiceProcess service =
          ServiceProcess.start(AutoConfiguredService.class, directory, environment)) {
        assertThat(service.await()).as(service.output()).isZero();
        spans = receiver.spans(); // all are there when it has ended
        assertThat(spans)
            .as(service.output())
            .extracting(ReceivedSpan::name)
            .contains("request", "load", "last", "very last", "shutdown /web", "drain")
            .doesNotHaveDuplicates();
      }
      assertThat(parent(spans, "load")).isEqualTo("request");
      assertThat(parent(spans, "very last")).isEqualTo("last");
      assertThat(parent(spans, "shutdown /web/handlers")).isEqualTo("shutdown /web");
      assertThat(spans)
          .allSatisfy(span -> assertThat(span.resource()).containsEntry("service.name", "shop"));
    }
  }

  @Test
  void autoconfigurationSwitchedOff_makesNoSpans() throws Exception {
    try (OtlpReceiver receiver = OtlpReceiver.start()) {
      Map<String, String> environment = otel(receiver);
      environment.put("OTEL_INSTRUMENTATION_TASKSCOPE_ENABLED", "false");
      try (ServiceProcess service =
          ServiceProcess.start(AutoConfiguredService.class, directory, environment)) {
        assertThat(service.await()).as(service.output()).isZero();
      }
      assertThat(receiver.spans()).isEmpty();
    }
  }

  @Test
  void javaAgent_hasItsSdkUsed_andEveryTaskOneSpan() throws Exception {
    Path agent = Path.of("target", "programs", "opentelemetry-javaagent.jar").toAbsolutePath();
    assertThat(Files.isRegularFile(agent)).as("the build copies %s", agent).isTrue();
    try (OtlpReceiver receiver = OtlpReceiver.start()) {
      List<ReceivedSpan> spans;
      try (ServiceProcess service =
          ServiceProcess.start(
              AgentService.class, directory, otel(receiver), "-javaagent:" + agent)) {
        assertThat(service.await()).as(service.output()).isZero();
        spans =
            receiver.awaitSpans(
                got -> got.stream().anyMatch(span -> span.name().equals("shutdown /web")), LONG);
      }
      List<ReceivedSpan> ours =
          spans.stream().filter(span -> span.scope().equals("io.taskscope.otel")).toList();
      assertThat(ours).extracting(ReceivedSpan::name).contains("find user", "load user");
      assertThat(ours.stream().map(span -> span.attributes().get("taskscope.task.id")))
          .filteredOn(Objects::nonNull)
          .doesNotHaveDuplicates();
      ReceivedSpan server =
          spans.stream()
              .filter(span -> span.scope().contains("java-http-server"))
              .findFirst()
              .orElseThrow(() -> new AssertionError("no span of the server in " + names(spans)));
      ReceivedSpan call = named(spans, "find user");
      assertThat(call.parentSpanId()).isEqualTo(server.spanId());
      assertThat(call.traceId()).isEqualTo(server.traceId());
      assertThat(parent(spans, "load user")).isEqualTo("find user");
      assertThat(call.resource())
          .containsEntry("service.name", "shop")
          .containsEntry("telemetry.distro.name", "opentelemetry-java-instrumentation");
    }
  }

  private static Map<String, String> otel(OtlpReceiver receiver) {
    Map<String, String> environment = new HashMap<>();
    environment.put("OTEL_SERVICE_NAME", "shop");
    environment.put("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.httpEndpoint());
    environment.put("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf");
    environment.put("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip");
    environment.put("OTEL_METRICS_EXPORTER", "none");
    return environment;
  }

  private static List<String> names(List<ReceivedSpan> spans) {
    return spans.stream().map(span -> span.scope() + ": " + span.name()).toList();
  }

  private static ReceivedSpan named(List<ReceivedSpan> spans, String name) {
    return spans.stream()
        .filter(span -> span.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no span " + name + " in " + names(spans)));
  }

  private static String parent(List<ReceivedSpan> spans, String name) {
    String id = named(spans, name).parentSpanId();
    return spans.stream()
        .filter(span -> span.spanId().equals(id))
        .map(ReceivedSpan::name)
        .findFirst()
        .orElse("");
  }
}
