// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import java.io.File;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A trace that went over OTLP to a server that others wrote, the OAP of Apache SkyWalking, and is
 * read back through its API.
 */
@Timeout(value = 200, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SkyWalkingTest {
  private static final Path CLASS_PATH = Path.of("target", "programs", "skywalking.classpath");
  private static final Path SETTINGS = Path.of("src", "test", "resources", "skywalking");

  @TempDir Path directory;

  @Test
  void trace_sentOverOtlpAndReadBack_isTheTreeOfTheRequest() throws Exception {
    int grpc = ZipkinApi.freePort();
    int query = ZipkinApi.freePort();
    try (ServiceProcess server = start(grpc, query)) {
      ZipkinApi api = new ZipkinApi("http://127.0.0.1:" + query + "/zipkin", server);
      api.await("/api/v2/services", body -> body.startsWith("["));

      String traceId =
          TracedShop.serve(
              OtlpGrpcSpanExporter.builder().setEndpoint("http://127.0.0.1:" + grpc).build());

      String trace = api.awaitTrace(traceId, TracedShop.SPANS);
      assertThat(ZipkinApi.parent(trace, "find user")).isEmpty();
      assertThat(ZipkinApi.parent(trace, "load user")).hasValue("find user");
      assertThat(ZipkinApi.parent(trace, "checkout")).hasValue("find user");
      assertThat(ZipkinApi.parent(trace, "price")).hasValue("checkout");
      assertThat(ZipkinApi.parent(trace, "stock")).hasValue("checkout");
      assertThat(ZipkinApi.count(trace, "\"name\":\"mirrors\"")).isEqualTo(3);
      assertThat(ZipkinApi.span(trace, "find user"))
          .contains(
              "\"serviceName\":\"shop\"",
              "\"taskscope.scope.path\":\"/web/handlers\"",
              "\"taskscope.task.origin\":\"called\"",
              "\"otel.library.name\":\"io.taskscope.otel\"");
      assertThat(ZipkinApi.span(trace, "stock"))
          .contains(
              "\"error\":\"true\"",
              "\"otel.status_description\":\"sold out\"",
              "\"error.type\":\"java.lang.IllegalStateException\"",
              "\"taskscope.task.outcome\":\"failure\"");
      assertThat(ZipkinApi.span(trace, "price")).doesNotContain("\"error\"");

      String mail =
          api.await(
              "/api/v2/traces?serviceName=shop&spanName=send%20mail",
              body -> body.contains("send mail"));
      assertThat(ZipkinApi.value(mail, "traceId")).isPresent().get().isNotEqualTo(traceId);
      assertThat(ZipkinApi.value(mail, "otlp.link.0")) // this server writes ids in decimal
          .hasValueSatisfying(
              link -> assertThat(link).startsWith(new BigInteger(traceId, 16) + "|"));
      api.await("/api/v2/spans?serviceName=shop", body -> body.contains("shutdown /web"));
    }
  }

  private ServiceProcess start(int grpc, int query) throws Exception {
    assertThat(CLASS_PATH).as("the build writes it").isRegularFile();
    return ServiceProcess.start(
        directory,
        Map.of(
            "GRPC_PORT", Integer.toString(grpc),
            "QUERY_PORT", Integer.toString(query),
            "REST_PORT", Integer.toString(ZipkinApi.freePort())),
        List.of(
            "-Xmx384m",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            SETTINGS.toAbsolutePath() + File.pathSeparator + Files.readString(CLASS_PATH),
            "org.apache.skywalking.oap.server.starter.OAPServerStartUp"));
  }
}
