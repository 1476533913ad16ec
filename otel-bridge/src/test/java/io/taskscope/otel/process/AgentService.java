// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel.process;

import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.taskscope.TaskScope;
import io.taskscope.otel.OtelBridge;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** A server that runs with the OpenTelemetry Java agent and uses its SDK. */
final class AgentService {
  private AgentService() {}

  public static void main(String[] args) throws Exception {
    OtelBridge.install(GlobalOpenTelemetry.get());
    TaskScope web = TaskScope.root("web");
    TaskScope handlers = web.child("handlers");
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(handlers.executor());
    server.createContext(
        "/users",
        exchange -> {
          try (exchange) {
            handlers.call("find user", () -> handlers.spawn("load user", () -> "ada").get());
            exchange.sendResponseHeaders(200, -1);
          } catch (Exception e) {
            throw new java.io.IOException(e);
          }
        });
    server.start();
    HttpResponse<String> answer;
    try (HttpClient client = HttpClient.newHttpClient()) {
      answer =
          client.send(
              HttpRequest.newBuilder(
                      URI.create("http://localhost:" + server.getAddress().getPort() + "/users"))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
    }
    server.stop(0);
    web.shutdown(Duration.ofSeconds(10));
    System.exit(answer.statusCode() == 200 ? 0 : 3); // the agent exports the rest
  }
}
