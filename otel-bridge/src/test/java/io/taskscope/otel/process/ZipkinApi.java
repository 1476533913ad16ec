// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a server answers in Zipkin's API, version 2. A trace is the JSON of its spans, each of which
 * begins with its ids.
 */
final class ZipkinApi {
  private static final Duration PATIENCE = Duration.ofSeconds(100);

  private final HttpClient http = HttpClient.newHttpClient();
  private final String base;
  private final ServiceProcess server;

  ZipkinApi(String base, ServiceProcess server) {
    this.base = base;
    this.server = server;
  }

  /** Waits until the answer is as wanted. */
  String await(String path, Predicate<String> wanted) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    String last = "nothing";
    while (System.nanoTime() < deadline && server.process().isAlive()) {
      try {
        HttpResponse<String> answer =
            http.send(
                HttpRequest.newBuilder(URI.create(base + path))
                    .timeout(Duration.ofSeconds(10))
                    .build(),
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
    throw new AssertionError(base + path + " answers " + last + "\n" + server.output());
  }

  /** Waits until a trace has so many spans. */
  String awaitTrace(String traceId, int spans) throws Exception {
    return await("/api/v2/trace/" + traceId, body -> count(body, "\"id\"") == spans);
  }

  static int count(String text, String part) {
    return (int) Pattern.compile(Pattern.quote(part)).matcher(text).results().count();
  }

  /** The JSON of the first span with that name. */
  static String span(String trace, String name) {
    return spans(trace)
        .filter(span -> span.contains("\"name\":\"" + name + "\""))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no span " + name + " in " + trace));
  }

  /** The name of its parent, if it has one. */
  static Optional<String> parent(String trace, String name) {
    return value(span(trace, name), "parentId")
        .flatMap(
            id ->
                spans(trace)
                    .filter(span -> value(span, "id").filter(id::equals).isPresent())
                    .findFirst())
        .flatMap(span -> value(span, "name"));
  }

  static Optional<String> value(String span, String key) {
    Matcher matcher = Pattern.compile("\"" + Pattern.quote(key) + "\":\"([^\"]*)\"").matcher(span);
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  private static Stream<String> spans(String trace) {
    return Stream.of(trace.split("(?=\\{\"traceId\")"));
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
