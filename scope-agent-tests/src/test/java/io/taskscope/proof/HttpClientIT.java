// SPDX-License-Identifier: Apache-2.0
package io.taskscope.proof;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.taskscope.ShutdownReport;
import io.taskscope.TaskScope;
import io.taskscope.testing.TaskscopeExtension;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code java.net.http.HttpClient}, with its selector manager and its pool. */
@Timeout(value = 90, threadMode = ThreadMode.SEPARATE_THREAD)
class HttpClientIT {
  private static final int REQUESTS = 20;

  @RegisterExtension final TaskscopeExtension taskscope = new TaskscopeExtension();

  private HttpServer server;

  @BeforeEach
  void serve() throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, 2);
          exchange.getResponseBody().write(new byte[] {'o', 'k'});
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private HttpRequest request() {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.getAddress().getPort()))
        .timeout(Duration.ofMinutes(1))
        .build();
  }

  @Test
  void sendAsync_insideTasks_stagesAreMembersOfTheScopeThatAskedForThem() throws Exception {
    TaskScope a = taskscope.root("httpclient-a");
    TaskScope b = taskscope.root("httpclient-b");
    try (HttpClient client = a.spawn("create", HttpClient::newHttpClient).get()) {
      List<Where> inA = a.spawn("send", () -> requests(client)).get();
      List<Where> inB = b.spawn("send", () -> requests(client)).get();

      assertThat(inA).hasSize(REQUESTS).allMatch(where -> where.isMemberOf(a));
      assertThat(inB).hasSize(REQUESTS).allMatch(where -> where.isMemberOf(b));
      Await.quiet(a);
      Await.quiet(b);
      assertThat(ScopeCounts.finished(a).failure()).isZero();
    }
  }

  private List<Where> requests(HttpClient client) throws Exception {
    List<Where> seen = new ArrayList<>();
    for (int i = 0; i < REQUESTS; i++) {
      CompletableFuture<HttpResponse<String>> answer =
          client.sendAsync(request(), BodyHandlers.ofString());
      assertThat(answer.get().body()).isEqualTo("ok");
      seen.add(answer.thenApplyAsync(response -> Where.here()).get());
    }
    return seen;
  }

  @Test
  void shutdown_ofTheScopeThatMadeTheClient_isCleanAndTheClientGoesOn() throws Exception {
    TaskScope maker = taskscope.root("httpclient-maker");
    HttpClient client =
        maker
            .spawn(
                "create",
                () -> {
                  HttpClient created = HttpClient.newHttpClient();
                  assertThat(created.send(request(), BodyHandlers.ofString()).body())
                      .isEqualTo("ok");
                  return created;
                })
            .get();
    try (client) {
      Await.quiet(maker);
      ShutdownReport report = maker.shutdown(Duration.ofSeconds(20));

      assertThat(report.result()).isEqualTo(ShutdownReport.Result.CLEAN);
      assertThat(client.send(request(), BodyHandlers.ofString()).body()).isEqualTo("ok");
      assertThat(Thread.getAllStackTraces().keySet())
          .extracting(Thread::getName)
          .anyMatch(name -> name.contains("SelectorManager"));
    }
  }
}
