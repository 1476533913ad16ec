// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel.testing;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.zip.GZIPInputStream;

/** The HTTP side of {@link OtlpReceiver}: binary protobuf, plain or with gzip. */
final class OtlpHttpServer {
  private static final String PROTOBUF = "application/x-protobuf";

  private final OtlpReceiver receiver;
  private final int port;
  private HttpServer server;

  OtlpHttpServer(OtlpReceiver receiver) throws IOException {
    this.receiver = receiver;
    server = start(0);
    port = server.getAddress().getPort();
  }

  int port() {
    return port;
  }

  /** Listens again, on the port it had. */
  void listen() throws IOException {
    server = start(port);
  }

  void stop() {
    server.stop(0);
  }

  private HttpServer start(int port) throws IOException {
    HttpServer next =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    next.setExecutor(
        task -> Thread.ofVirtual().name("otlp-http").start(task)); // a hang blocks no one
    next.createContext(
        "/v1/traces",
        exchange ->
            answer(
                exchange,
                body -> receiver.take(ExportTraceServiceRequest.parseFrom(body)),
                ExportTraceServiceResponse.getDefaultInstance()));
    next.createContext(
        "/v1/logs",
        exchange ->
            answer(
                exchange,
                body -> receiver.take(ExportLogsServiceRequest.parseFrom(body)),
                ExportLogsServiceResponse.getDefaultInstance()));
    next.start();
    return next;
  }

  private void answer(HttpExchange exchange, Handler handler, Message response) throws IOException {
    try (exchange) {
      int status = status(exchange, handler);
      if (status == 200) {
        byte[] body = response.toByteArray();
        exchange.getResponseHeaders().set("Content-Type", PROTOBUF);
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
      } else {
        exchange.sendResponseHeaders(status, -1);
      }
    }
  }

  private int status(HttpExchange exchange, Handler handler) throws IOException {
    if (!exchange.getRequestMethod().equals("POST")) {
      return 405;
    }
    if (!PROTOBUF.equals(exchange.getRequestHeaders().getFirst("Content-Type"))) {
      return 415;
    }
    boolean gzip = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
    if (gzip) {
      receiver.tookCompressed();
    }
    try (InputStream raw = exchange.getRequestBody();
        InputStream body = gzip ? new GZIPInputStream(raw) : raw) {
      return handler.take(body.readAllBytes()) ? 200 : 503;
    } catch (InvalidProtocolBufferException e) {
      return 400;
    }
  }

  private interface Handler {
    boolean take(byte[] body) throws InvalidProtocolBufferException;
  }
}
