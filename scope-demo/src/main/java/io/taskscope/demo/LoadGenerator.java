// SPDX-License-Identifier: Apache-2.0
package io.taskscope.demo;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.taskscope.Decision;
import io.taskscope.OverlapPolicy;
import io.taskscope.TaskScope;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Sends requests to the demo's own server, each from a task of the tree {@code /load}. A tree of
 * its own, so that it can be stopped before the server is.
 */
final class LoadGenerator {
  private static final Duration GIVE_UP = Duration.ofSeconds(3);
  private static final Duration STUCK_AFTER = Duration.ofSeconds(2);
  private static final int BURST = 4;

  private final TaskScope root;
  private final HttpClient client;
  private final String address;
  private final TextMapPropagator propagator;
  private final Map<String, LongAdder> answers = new ConcurrentHashMap<>();

  private LoadGenerator(
      TaskScope root, HttpClient client, String address, TextMapPropagator propagator) {
    this.root = root;
    this.client = client;
    this.address = address;
    this.propagator = propagator;
  }

  /**
   * Starts sending.
   *
   * @param address of the server, with a slash at the end
   * @param rate requests per second; 0 for none
   * @param propagator sends the trace of the client's task along
   */
  static LoadGenerator start(String address, int rate, TextMapPropagator propagator) {
    TaskScope root =
        TaskScope.root(
            "load",
            o ->
                o.drainTimeout(Duration.ofSeconds(2))
                    .cancelTimeout(Duration.ofMillis(500))
                    .onFailure((task, error) -> Decision.HANDLED)); // counted as "no answer"
    HttpClient client =
        root.own(
            "http-client",
            HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .executor(Executors.newVirtualThreadPerTaskExecutor())
                .connectTimeout(GIVE_UP)
                .build());
    LoadGenerator load = new LoadGenerator(root, client, address, propagator);
    if (rate > 0) {
      load.every(rate * 0.50, "users/{id}", () -> "users/" + random(Store.USERS + 20));
      load.every(rate * 0.20, "checkout", () -> "checkout?item=" + random(40));
      load.every(rate * 0.07, "report", () -> "report");
      load.every(rate * 0.03, "fail", () -> "fail");
      for (int i = 0; i < BURST; i++) { // at the same time, so that they contend for the lock
        load.every(rate * 0.20 / BURST, "inventory", () -> "inventory");
      }
      root.after("GET /a/stuck", STUCK_AFTER, () -> load.exchange("a/stuck"));
    }
    return load;
  }

  private static int random(int most) {
    return ThreadLocalRandom.current().nextInt(most) + 1;
  }

  /**
   * Half of the rate goes to each application. What is due goes out although others are under way.
   */
  private void every(double rate, String template, Supplier<String> path) {
    Duration period = Duration.ofNanos(Math.round(2e9 / rate));
    for (String app : List.of("a/", "b/")) {
      root.every(
          "GET /" + app + template,
          period,
          OverlapPolicy.OVERLAP,
          () -> exchange(app + path.get()));
    }
  }

  TaskScope root() {
    return root;
  }

  /** What was answered, such as {@code 512 (200: 480, 500: 20, no answer: 12)}. */
  String summary() {
    long all = answers.values().stream().mapToLong(LongAdder::sum).sum();
    return all
        + new TreeMap<>(answers)
            .entrySet().stream()
                .map(entry -> entry.getKey() + ": " + entry.getValue())
                .collect(Collectors.joining(", ", " (", ")"));
  }

  private void exchange(String path) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(address + path)).timeout(GIVE_UP);
    propagator.inject(
        Context.current(),
        request,
        (carrier, key, value) -> {
          if (carrier != null) {
            carrier.setHeader(key, value);
          }
        });
    String answer = "no answer";
    try {
      answer = String.valueOf(client.send(request.build(), BodyHandlers.discarding()).statusCode());
    } finally {
      answers.computeIfAbsent(answer, key -> new LongAdder()).increment();
    }
  }
}
