// SPDX-License-Identifier: Apache-2.0
package io.taskscope.dashboards;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.Clock;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.taskscope.Decision;
import io.taskscope.TaskScope;
import io.taskscope.metrics.BucketExemplars;
import io.taskscope.metrics.TaskSpanContext;
import io.taskscope.metrics.TaskscopeMeter;
import io.taskscope.metrics.TaskscopeMetrics;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;

/**
 * Stands for many instances of a service: one process with a real tree of scopes that is found at
 * as many addresses. All instances say the same, which makes no difference to Prometheus.
 *
 * <p>Where there is no agent the series it would add are made up, as many as it has.
 */
final class FleetSimulator implements AutoCloseable {
  private static final List<String> STATES = List.of("queued", "running", "parked");
  private static final List<String> REASONS =
      List.of("park", "timed_park", "sleep", "monitor_enter", "object_wait", "yield", "pinned");
  private static final List<String> KINDS = List.of("handlers", "timers", "background");

  private final int instances;
  private final long begun = System.nanoTime();
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(
          new BucketExemplars(), new PrometheusRegistry(), Clock.SYSTEM, new TaskSpanContext());
  private final TaskscopeMetrics metrics = new TaskscopeMetrics();
  private final TaskScope root = TaskScope.root("web");
  private final List<TaskScope> scopes = new ArrayList<>();
  private final ScheduledExecutorService work = Executors.newScheduledThreadPool(1);
  private final HttpServer server;

  private volatile byte[] page = {};
  private int round; // of the one thread that works

  private FleetSimulator(int instances, int paths) throws IOException {
    this.instances = instances;
    metrics.bindTo(registry);
    grow(paths);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/targets", exchange -> send(exchange, "application/json", targets()));
    server.createContext("/instance/", this::scrape);
  }

  static FleetSimulator start(int instances, int paths) throws IOException {
    FleetSimulator fleet = new FleetSimulator(instances, paths);
    fleet.doWork();
    fleet.work.scheduleAtFixedRate(fleet::doWork, 1, 1, TimeUnit.SECONDS);
    fleet.server.start();
    return fleet;
  }

  /** As the demo: a root, applications, and what each has. */
  private void grow(int paths) {
    scopes.add(root);
    for (int app = 0; scopes.size() < paths; app++) {
      TaskScope application =
          root.child("app-" + app, o -> o.onFailure((task, error) -> Decision.HANDLED));
      scopes.add(application);
      for (int kind = 0; kind < KINDS.size() && scopes.size() < paths; kind++) {
        scopes.add(application.child(KINDS.get(kind)));
      }
    }
  }

  /** Every second a few tasks per path, of two outcomes. */
  private void doWork() {
    round++;
    for (TaskScope scope : scopes) {
      scope.call("ok", () -> {});
      if (round % 10 == 1 && !scope.equals(root)) {
        scope.spawn(
            "fails",
            () -> {
              throw new IllegalStateException("made up");
            });
      }
    }
    page = page();
  }

  private byte[] page() {
    metrics.refresh();
    String text = registry.scrape();
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(zipped)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
      if (!text.contains(TaskscopeMeter.TASK_STEPS.prometheusName())) {
        out.write(steps().getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e); // cannot be: it is memory
    }
    return zipped.toByteArray();
  }

  private String steps() {
    double seconds = (System.nanoTime() - begun) / 1e9;
    StringBuilder text = new StringBuilder();
    made(text, TaskscopeMeter.TASKS_STATE, "state", STATES, 1);
    made(text, TaskscopeMeter.TASK_TIME, "state", STATES, seconds);
    made(text, TaskscopeMeter.TASK_PARK_TIME, "reason", REASONS, seconds / REASONS.size());
    made(text, TaskscopeMeter.TASK_PARKS, "reason", REASONS, seconds);
    made(text, TaskscopeMeter.TASK_STEPS, "", List.of(""), seconds);
    made(text, TaskscopeMeter.TASK_SLOW_STEPS, "", List.of(""), seconds / 10);
    return text.toString();
  }

  private void made(
      StringBuilder text, TaskscopeMeter meter, String label, List<String> values, double value) {
    text.append("# TYPE %s %s\n".formatted(meter.prometheusName(), meter.type().prometheusType()));
    for (TaskScope scope : scopes) {
      for (String one : values) {
        text.append(meter.prometheusName()).append("{scope_path=\"").append(scope.path());
        text.append(label.isEmpty() ? "\"" : "\",%s=\"%s\"".formatted(label, one));
        text.append("} ").append(value).append('\n');
      }
    }
  }

  /** For Prometheus to discover. */
  private String targets() {
    return IntStream.range(0, instances)
        .mapToObj(
            i ->
                String.format(
                    Locale.ROOT,
                    "{\"targets\": [\"127.0.0.1:%s\"], \"labels\": {\"__metrics_path__\": \"/instance/%s\", \"instance\": \"instance-%03d\"}}",
                    server.getAddress().getPort(),
                    i,
                    i))
        .collect(Collectors.joining(",", "[", "]"));
  }

  String targetsUrl() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/targets";
  }

  private void scrape(HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().set("Content-Encoding", "gzip");
    send(exchange, "text/plain; version=0.0.4", page);
  }

  private static void send(HttpExchange exchange, String type, String text) throws IOException {
    send(exchange, type, text.getBytes(StandardCharsets.UTF_8));
  }

  private static void send(HttpExchange exchange, String type, byte[] body) throws IOException {
    try (exchange) {
      exchange.getResponseHeaders().set("Content-Type", type);
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    work.shutdownNow();
    server.stop(0);
    root.shutdown(Duration.ofSeconds(5));
    metrics.close();
  }
}
