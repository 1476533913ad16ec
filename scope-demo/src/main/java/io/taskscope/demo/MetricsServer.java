// SPDX-License-Identifier: Apache-2.0
package io.taskscope.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;

/**
 * Serves {@code /metrics} and {@code /healthz} on a port of their own, so that they can still be
 * read while the web server stops.
 */
final class MetricsServer implements AutoCloseable {
  private final HttpServer server;

  private MetricsServer(HttpServer server) {
    this.server = server;
  }

  /**
   * Starts to listen.
   *
   * @param bind the address
   * @param port 0 for any free one
   * @throws StartException if the port cannot be had
   */
  static MetricsServer start(InetAddress bind, int port, HttpHandler metrics) {
    HttpServer server;
    try {
      server = HttpServer.create(new InetSocketAddress(bind, port), 0);
    } catch (IOException e) {
      throw StartException.port("--metrics-port", port, e);
    }
    server.createContext("/metrics", metrics);
    server.createContext("/healthz", MetricsServer::healthy);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
    return new MetricsServer(server);
  }

  private static void healthy(HttpExchange exchange) throws IOException {
    byte[] body = "ok\n".getBytes(StandardCharsets.UTF_8);
    try (exchange) {
      exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  /** Such as {@code http://127.0.0.1:9464/metrics}. */
  String address() {
    InetSocketAddress address = server.getAddress();
    return "http://%s:%s/metrics"
        .formatted(BindAddress.inUrl(address.getAddress()), address.getPort());
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
