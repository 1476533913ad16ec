// SPDX-License-Identifier: Apache-2.0
package io.taskscope.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.taskscope.dashboards.BackgroundProcess.Waiting;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One alert all the way: a process that is late, Prometheus, Alertmanager, a webhook; and back. */
class AlertDeliveryIT {
  private static final String ALERTMANAGER = "prometheus-alertmanager";

  /**
   * A process with a shutdown that should have been over: Taskscope itself would not let it come to
   * that.
   */
  private final AtomicLong deadline = new AtomicLong(Instant.now().getEpochSecond() - 60);

  private final Queue<JsonNode> received = new ConcurrentLinkedQueue<>();

  @Test
  void alert_ofAnOverdueShutdown_reachesTheWebhookAndResolves(@TempDir Path folder)
      throws Exception {
    Tool.require("prometheus", "Debian: apt install prometheus");
    Tool.require(ALERTMANAGER, "Debian: apt install prometheus-alertmanager");
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/metrics", this::scrape);
    server.createContext("/webhook", this::receive);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
    String address = "127.0.0.1:" + server.getAddress().getPort();
    int port = BackgroundProcess.freePort();
    try (BackgroundProcess alertmanager = startAlertmanager(folder, port, address);
        Prometheus prometheus =
            Prometheus.start(
                Files.createDirectory(folder.resolve("prometheus")),
                List.of(address),
                Optional.of("127.0.0.1:" + port))) {
      JsonNode firing = await("firing", prometheus, alertmanager);
      assertThat(firing.at("/labels/severity").asText()).isEqualTo("critical");
      assertThat(firing.at("/labels/scope_path").asText()).isEqualTo("/web");
      assertThat(firing.at("/labels/instance").asText()).isEqualTo(address);
      assertThat(firing.at("/annotations/summary").asText())
          .isEqualTo("The shutdown of /web on %s is overdue".formatted(address));
      assertThat(firing.at("/annotations/description").asText()).contains("over 1m");
      assertThat(firing.at("/annotations/runbook_url").asText())
          .isEqualTo(Runbooks.BASE + "TaskscopeShutdownOverdue.md");
      assertThat(
              prometheus.query(
                  "ALERTS{alertname=~\"Taskscope.+\", alertstate=\"firing\", job=~\".+\"}"))
          .as("what the panel Firing alerts shows")
          .hasSize(1);

      deadline.set(0);
      await("resolved", prometheus, alertmanager);
    } finally {
      server.stop(0);
    }
  }

  private static BackgroundProcess startAlertmanager(Path folder, int port, String webhook)
      throws IOException {
    Path config =
        Files.writeString(
            folder.resolve("alertmanager.yml"),
            """
            route: {receiver: test, group_wait: 0s, group_interval: 1s, repeat_interval: 1h}
            receivers:
              - name: test
                webhook_configs: [{url: 'http://%s/webhook', send_resolved: true}]
            """
                .formatted(webhook));
    return BackgroundProcess.start(
        folder,
        Map.of(),
        List.of(
            ALERTMANAGER,
            "--config.file=" + config,
            "--storage.path=" + folder.resolve("alertmanager"),
            "--web.listen-address=127.0.0.1:" + port,
            "--cluster.listen-address="));
  }

  private JsonNode await(String status, Prometheus prometheus, BackgroundProcess alertmanager)
      throws InterruptedException {
    try {
      return Waiting.until(
          "an alert that is " + status,
          () ->
              received.stream()
                  .flatMap(message -> message.path("alerts").valueStream())
                  .filter(alert -> alert.path("status").asText().equals(status))
                  .filter(
                      alert ->
                          alert.at("/labels/alertname").asText().equals("TaskscopeShutdownOverdue"))
                  .findFirst());
    } catch (AssertionError e) {
      throw new AssertionError(
          "%s; Prometheus: %s; Alertmanager: %s"
              .formatted(e.getMessage(), prometheus.query("ALERTS"), alertmanager.transcript()),
          e);
    }
  }

  private void scrape(HttpExchange exchange) throws IOException {
    answer(
        exchange,
        """
        taskscope_build_info{version="test",agent="off"} 1
        taskscope_shutdown_deadline_timestamp_seconds{scope_path="/web"} %s
        """
            .formatted(deadline.get()));
  }

  private void receive(HttpExchange exchange) throws IOException {
    received.add(
        Module.json(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
    answer(exchange, "");
  }

  private static void answer(HttpExchange exchange, String text) throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    try (exchange) {
      exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4");
      exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    }
  }
}
