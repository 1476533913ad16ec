// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A trace as a Zipkin server has put it together, by its API and on its page. */
@Timeout(value = 200, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ZipkinTest {
  private static final Path SERVER = Path.of("target", "programs", "zipkin-server-exec.jar");
  private static final Path PICTURE = Path.of("target", "zipkin-trace.png");

  @TempDir Path directory;

  @Test
  void trace_readBackFromZipkin_isTheTreeOfTheRequest() throws Exception {
    int port = ZipkinApi.freePort();
    String base = "http://localhost:" + port;
    try (ServiceProcess zipkin = startZipkin(port)) {
      ZipkinApi api = new ZipkinApi(base, zipkin);
      api.await("/health", body -> body.contains("UP"));
      String traceId = TracedShop.serve(new ZipkinJsonExporter(base + "/api/v2/spans"));

      String trace = api.awaitTrace(traceId, TracedShop.SPANS);
      assertThat(ZipkinApi.parent(trace, "find user")).isEmpty();
      assertThat(ZipkinApi.parent(trace, "checkout")).hasValue("find user");
      assertThat(ZipkinApi.parent(trace, "price")).hasValue("checkout");
      assertThat(ZipkinApi.parent(trace, "stock")).hasValue("checkout");
      assertThat(ZipkinApi.parent(trace, "load user")).hasValue("find user");
      assertThat(ZipkinApi.count(trace, "\"name\":\"mirrors\""))
          .isEqualTo(3); // the race and its two runners
      assertThat(ZipkinApi.span(trace, "stock"))
          .contains("\"error\":\"sold out\"", "java.lang.IllegalStateException");
      assertThat(ZipkinApi.span(trace, "price"))
          .contains("\"taskscope.scope.path\":\"/web/handlers/checkout\"");
      assertThat(trace).doesNotContain("send mail"); // in a trace of its own
      assertThat(api.await("/api/v2/spans?serviceName=shop", body -> body.contains("send mail")))
          .contains("shutdown /web");

      look(base + "/zipkin/traces/" + traceId);
    }
  }

  /** Opens the page of the trace in a browser, and leaves a picture of it in the target folder. */
  private void look(String page) throws Exception {
    Optional<Path> browser = find("chromium", "chromium-browser", "google-chrome");
    if (browser.isEmpty() && System.getenv("CI") == null) {
      Assumptions.abort("no Chromium on the PATH: the page is not looked at");
    }
    List<String> command =
        new ArrayList<>(
            List.of(
                browser.orElseThrow(() -> new AssertionError("no Chromium on the PATH")).toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--user-data-dir=" + directory.resolve("browser"),
                "--window-size=1500,900",
                "--virtual-time-budget=15000"));
    Path dom = directory.resolve("page.html");
    run(command, dom, "--dump-dom", page);
    assertThat(Files.readString(dom))
        .contains("find user", "checkout", "price", "stock", "mirrors", "load user");
    run(command, directory.resolve("log.txt"), "--screenshot=" + PICTURE.toAbsolutePath(), page);
    assertThat(Files.size(PICTURE)).isGreaterThan(10_000);
  }

  private void run(List<String> command, Path output, String... more) throws Exception {
    List<String> all = new ArrayList<>(command);
    all.addAll(List.of(more));
    Process process =
        new ProcessBuilder(all)
            .redirectOutput(output.toFile())
            .redirectError(directory.resolve("browser.log").toFile())
            .start();
    try {
      assertThat(process.waitFor(80, TimeUnit.SECONDS)).as("the browser has ended").isTrue();
    } finally {
      process.destroyForcibly();
    }
  }

  private static Optional<Path> find(String... names) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .flatMap(folder -> Stream.of(names).map(name -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private ServiceProcess startZipkin(int port) throws IOException {
    assertThat(SERVER).as("the build copies it").isRegularFile();
    return ServiceProcess.start(
        directory,
        Map.of("QUERY_PORT", Integer.toString(port), "SELF_TRACING_ENABLED", "false"),
        List.of("-Xmx384m", "-XX:TieredStopAtLevel=1", "-jar", SERVER.toAbsolutePath().toString()));
  }
}
