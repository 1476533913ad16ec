// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.taskscope.Decision;
import io.taskscope.RaceMode;
import io.taskscope.TaskScope;
import io.taskscope.otel.OtelBridge;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A trace as a Zipkin server has put it together, by its API and on its page. */
@Timeout(value = 200, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ZipkinTest {
  private static final Duration PATIENCE = Duration.ofSeconds(100);
  private static final Path SERVER = Path.of("target", "programs", "zipkin-server-exec.jar");
  private static final Path PICTURE = Path.of("target", "zipkin-trace.png");

  @TempDir Path directory;

  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void trace_readBackFromZipkin_isTheTreeOfTheRequest() throws Exception {
    assertThat(Files.isRegularFile(SERVER)).as("the build copies %s", SERVER).isTrue();
    int port = freePort();
    Process zipkin = startZipkin(port);
    try {
      String base = "http://localhost:" + port;
      await(base + "/health", body -> body.contains("UP"));
      String traceId = record(base);

      String trace = await(base + "/api/v2/trace/" + traceId, body -> count(body, "\"id\"") == 8);
      assertThat(parent(trace, "find user")).isEmpty();
      assertThat(parent(trace, "checkout")).hasValue("find user");
      assertThat(parent(trace, "price")).hasValue("checkout");
      assertThat(parent(trace, "stock")).hasValue("checkout");
      assertThat(parent(trace, "load user")).hasValue("find user");
      assertThat(count(trace, "\"name\":\"mirrors\"")).isEqualTo(3); // the race and its two runners
      assertThat(of(trace, "stock"))
          .contains("\"error\":\"sold out\"", "java.lang.IllegalStateException");
      assertThat(of(trace, "price"))
          .contains("\"taskscope.scope.path\":\"/web/handlers/checkout\"");
      assertThat(trace).doesNotContain("send mail"); // in a trace of its own
      assertThat(await(base + "/api/v2/spans?serviceName=shop", body -> body.contains("send mail")))
          .contains("shutdown /web");

      look(base + "/zipkin/traces/" + traceId);
    } finally {
      zipkin.destroy();
      if (!zipkin.waitFor(10, TimeUnit.SECONDS)) {
        zipkin.destroyForcibly();
      }
    }
  }

  /** Lets a request be traced, and answers the id of its trace. */
  private static String record(String base) throws Exception {
    String[] traceId = new String[1];
    ZipkinJsonExporter exporter = new ZipkinJsonExporter(base + "/api/v2/spans");
    try (OpenTelemetrySdk sdk =
            OpenTelemetrySdk.builder()
                .setTracerProvider(
                    SdkTracerProvider.builder()
                        .setResource(Resource.builder().put("service.name", "shop").build())
                        .addSpanProcessor(BatchSpanProcessor.builder(exporter).build())
                        .build())
                .build();
        OtelBridge bridge = OtelBridge.install(sdk)) {
      assertThat(bridge).isNotNull();
      TaskScope web = TaskScope.root("web", o -> o.onFailure((task, error) -> Decision.HANDLED));
      TaskScope handlers = web.child("handlers");
      TaskScope background = web.child("background");
      handlers.call(
          "find user",
          () -> {
            traceId[0] = io.opentelemetry.api.trace.Span.current().getSpanContext().getTraceId();
            handlers.spawn("load user", () -> Thread.sleep(20)).get();
            TaskScope.race(
                "mirrors",
                RaceMode.FIRST_SUCCESS,
                List.of(() -> 1, () -> new CountDownLatch(1).await(9, TimeUnit.SECONDS) ? 2 : 3));
            try (TaskScope checkout =
                TaskScope.open("checkout", o -> o.policy(io.taskscope.Policy.SUPERVISE))) {
              checkout.spawn("price", () -> Thread.sleep(30));
              checkout.spawn(
                  "stock",
                  () -> {
                    throw new IllegalStateException("sold out");
                  });
              checkout.join();
            }
            background.spawn("send mail", () -> 1).get();
          });
      web.shutdown(Duration.ofSeconds(10));
      sdk.getSdkTracerProvider().forceFlush().join(20, TimeUnit.SECONDS);
    }
    return traceId[0];
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

  private Process startZipkin(int port) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx384m",
            "-XX:TieredStopAtLevel=1",
            "-jar",
            SERVER.toAbsolutePath().toString());
    builder.environment().put("QUERY_PORT", Integer.toString(port));
    builder.environment().put("SELF_TRACING_ENABLED", "false");
    builder.redirectErrorStream(true).redirectOutput(directory.resolve("zipkin.log").toFile());
    return builder.start();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private String await(String url, Predicate<String> wanted) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    String last = "nothing";
    while (System.nanoTime() < deadline) {
      try {
        HttpResponse<String> answer =
            http.send(
                HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(10)).build(),
                HttpResponse.BodyHandlers.ofString());
        last = answer.body();
        if (answer.statusCode() == 200 && wanted.test(last)) {
          return last;
        }
      } catch (IOException notYet) {
        last = notYet.toString();
      }
      Thread.sleep(100);
    }
    throw new AssertionError(
        url + " answers " + last + "\n" + Files.readString(directory.resolve("zipkin.log")));
  }

  private static int count(String text, String part) {
    return (int) Pattern.compile(Pattern.quote(part)).matcher(text).results().count();
  }

  /** The JSON of a span; Zipkin writes spans one after the other, each beginning with its ids. */
  private static String of(String trace, String name) {
    return Stream.of(trace.split("(?=\\{\"traceId\")"))
        .filter(span -> span.contains("\"name\":\"" + name + "\""))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no span " + name + " in " + trace));
  }

  private static Optional<String> parent(String trace, String name) {
    return value(of(trace, name), "parentId")
        .flatMap(
            id ->
                Stream.of(trace.split("(?=\\{\"traceId\")"))
                    .filter(span -> value(span, "id").filter(id::equals).isPresent())
                    .findFirst())
        .flatMap(span -> value(span, "name"));
  }

  private static Optional<String> value(String span, String key) {
    Matcher matcher = Pattern.compile("\"" + key + "\":\"([^\"]*)\"").matcher(span);
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }
}
