// SPDX-License-Identifier: Apache-2.0
package io.taskscope.metrics;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/**
 * Answers scrapes by Prometheus, on the HTTP server of the JDK:
 *
 * <pre>{@code
 * HttpServer server = HttpServer.create(new InetSocketAddress("localhost", 9464), 0);
 * server.createContext("/metrics", new ScrapeHandler(registry, metrics));
 * }</pre>
 *
 * <p>Everything in the registry is shown. The answer is in Prometheus's text format or, for a
 * client that asks for it, in OpenMetrics 1.0.0, which alone has exemplars; it is compressed if the
 * client takes gzip. Whatever goes wrong is logged and answered with status 500. Thread-safe.
 */
public final class ScrapeHandler implements HttpHandler {
  private static final System.Logger LOG = System.getLogger(ScrapeHandler.class.getName());

  private final PrometheusMeterRegistry registry;
  private final TaskscopeMetrics metrics;
  private volatile int lastSize;

  /**
   * A handler for one registry.
   *
   * @param registry what to show
   * @param metrics are brought up to date before each scrape
   */
  public ScrapeHandler(PrometheusMeterRegistry registry, TaskscopeMetrics metrics) {
    this.registry = Objects.requireNonNull(registry, "registry");
    this.metrics = Objects.requireNonNull(metrics, "metrics");
  }

  @Override
  public void handle(HttpExchange exchange) {
    try (exchange) {
      answer(exchange);
    } catch (IOException e) { // the client has gone, and there is no one to tell
      LOG.log(System.Logger.Level.DEBUG, "A scrape was not read to its end", e);
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, "Cannot answer a scrape", e);
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    if (!isAskedFor(exchange)) {
      send(exchange, 404, "the metrics are at " + exchange.getHttpContext().getPath() + "\n");
      return;
    }
    String method = exchange.getRequestMethod();
    if (!method.equals("GET") && !method.equals("HEAD")) {
      exchange.getResponseHeaders().set("Allow", "GET, HEAD");
      send(exchange, 405, "use GET or HEAD\n");
      return;
    }
    Headers request = exchange.getRequestHeaders();
    ScrapeFormat format = ScrapeFormat.accepted(request.get("Accept"));
    boolean gzip = ScrapeFormat.acceptsGzip(request.get("Accept-Encoding"));
    byte[] body;
    try {
      body = scrape(format, gzip);
    } catch (RuntimeException | IOException e) {
      LOG.log(System.Logger.Level.WARNING, "A scrape failed", e);
      send(exchange, 500, "the scrape failed, and the log says why\n");
      return;
    }
    Headers response = exchange.getResponseHeaders();
    response.set("Content-Type", format.contentType());
    response.set("Vary", "Accept, Accept-Encoding");
    if (gzip) {
      response.set("Content-Encoding", "gzip");
    }
    send(exchange, 200, body);
  }

  /** The server also passes on what only begins with the path of the context. */
  private static boolean isAskedFor(HttpExchange exchange) {
    String context = exchange.getHttpContext().getPath();
    String path = exchange.getRequestURI().getPath();
    return context.endsWith("/") || path.equals(context) || path.equals(context + "/");
  }

  /**
   * The whole answer before its first byte is sent: half a scrape must not look like a whole one.
   */
  private byte[] scrape(ScrapeFormat format, boolean gzip) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream(Math.max(1 << 14, lastSize + 1024));
    try (OutputStream out = gzip ? new FastGzip(body) : body) {
      metrics.scrape(registry, out, format);
    }
    lastSize = body.size();
    return body.toByteArray();
  }

  /** The highest level takes six times as long for two thirds of the bytes. */
  private static final class FastGzip extends GZIPOutputStream {
    FastGzip(OutputStream out) throws IOException {
      super(out, 1 << 13);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }

  private static void send(HttpExchange exchange, int status, String text) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
    send(exchange, status, text.getBytes(StandardCharsets.UTF_8));
  }

  private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }
}
