// SPDX-License-Identifier: Apache-2.0
package io.taskscope.demo;

import io.taskscope.TaskScope;
import java.net.InetAddress;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;

/**
 * The tree {@code /web}: two applications, and the server in front of them.
 *
 * <p>Resources close in the opposite order of their opening and after everything below: the pools
 * with their applications, then the server, which says 503 until then, and at last the metrics,
 * which show the shutdown while it goes on.
 */
final class WebTree {
  private final TaskScope root;
  private final MetricsServer metrics;
  private final WebServer server;

  private WebTree(TaskScope root, MetricsServer metrics, WebServer server) {
    this.root = root;
    this.metrics = metrics;
    this.server = server;
  }

  /**
   * Starts everything. If a part does not start, those before it are stopped.
   *
   * @throws StartException if a port cannot be had
   */
  static WebTree start(InetAddress bind, int port, int metricsPort, Telemetry telemetry)
      throws SQLException {
    TaskScope root = TaskScope.root("web");
    try {
      MetricsServer metrics =
          root.own(
              "metrics-server", MetricsServer.start(bind, metricsPort, telemetry.scrapeHandler()));
      Map<String, App> apps = Map.of("a", App.start(root, "a"), "b", App.start(root, "b"));
      WebServer server =
          WebServer.start(bind, port, root, new Router(apps), telemetry.propagator());
      root.onClose("http-server", server::stop);
      return new WebTree(root, metrics, server);
    } catch (SQLException | RuntimeException e) {
      root.shutdown(Duration.ofSeconds(2));
      throw e;
    }
  }

  TaskScope root() {
    return root;
  }

  /** Such as {@code http://127.0.0.1:8080/}. */
  String serverAddress() {
    return server.address();
  }

  /** Such as {@code http://127.0.0.1:9464/metrics}. */
  String metricsAddress() {
    return metrics.address();
  }
}
