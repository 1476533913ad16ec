// SPDX-License-Identifier: Apache-2.0
package io.taskscope.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.helidon.webserver.WebServer;
import io.taskscope.TaskOrigin;
import io.taskscope.TaskScope;
import io.taskscope.testing.TaskscopeExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Helidon WebServer, which starts a virtual thread per connection. */
@Timeout(value = 90, threadMode = ThreadMode.SEPARATE_THREAD)
class HelidonIT {
  private static final int REQUESTS = 40;

  @RegisterExtension final TaskscopeExtension taskscope = new TaskscopeExtension();

  private static WebServer server(TaskScope a, TaskScope b) {
    return WebServer.builder()
        .host("127.0.0.1")
        .port(0)
        .shutdownHook(false)
        .routing(
            routing ->
                routing
                    .get("/a", (request, response) -> response.send(RequestWork.handle(a)))
                    .get("/b", (request, response) -> response.send(RequestWork.handle(b)))
                    .get("/where", (request, response) -> response.send(Where.here().toString())))
        .build()
        .start();
  }

  /**
   * Helidon has timers for the whole JVM, which the first server starts and nothing stops: they
   * would be members of the scope that was first.
   */
  @BeforeAll
  static void startItsTimersOutsideOfAllScopes() throws Exception {
    TaskScope warm = TaskScope.root("warm");
    WebServer server = server(warm, warm);
    try (Http http = new Http(server.port())) {
      assertThat(http.get("/where")).contains("path=-");
    } finally {
      server.stop();
      warm.close();
    }
  }

  @Test
  void requests_ofTwoApplications_whatTheyStartIsInTheirScopes() throws Exception {
    TaskScope web = taskscope.root("helidon-web");
    TaskScope a = web.child("app-a");
    TaskScope b = web.child("app-b");
    WebServer server = server(a, b);
    try (Http http = new Http(server.port());
        ExecutorService users = Executors.newFixedThreadPool(4)) {
      List<Future<String>> answersA = new ArrayList<>();
      List<Future<String>> answersB = new ArrayList<>();
      for (int i = 0; i < REQUESTS; i++) {
        answersA.add(users.submit(() -> http.get("/a")));
        answersB.add(users.submit(() -> http.get("/b")));
      }

      for (Future<String> answer : answersA) {
        assertThat(answer.get()).isEqualTo(RequestWork.expected(Where.NOWHERE, a));
      }
      for (Future<String> answer : answersB) {
        assertThat(answer.get()).isEqualTo(RequestWork.expected(Where.NOWHERE, b));
      }
      Await.quiet(a);
      Await.quiet(b);
      assertThat(ScopeCounts.of(a).started())
          .containsEntry(TaskOrigin.CALLED, (long) REQUESTS)
          .containsEntry(TaskOrigin.ADOPTED, (long) REQUESTS * RequestWork.ADOPTED);
      assertThat(ScopeCounts.finished(b).success())
          .isEqualTo((long) REQUESTS * (1 + RequestWork.ADOPTED));
    } finally {
      server.stop();
    }
  }

  @Test
  void start_insideATask_itsThreadsAreMembersUntilItStops() throws Exception {
    taskscope.expectLeaks();
    TaskScope web = taskscope.root("helidon-web");
    TaskScope listener = web.child("listener");
    TaskScope handlers = web.child("handlers");
    WebServer server = listener.spawn("start", () -> server(handlers, handlers)).get();
    try (Http http = new Http(server.port())) {
      assertThat(http.get("/where")).contains("path=/helidon-web/listener", "member=true");
      assertThat(http.get("/a")).isEqualTo(RequestWork.expected("/helidon-web/listener", handlers));
      assertThat(listener.tasks()).isNotEmpty();
    } finally {
      server.stop();
    }

    // Helidon leaves the timer of its idle connections: a daemon, which no shutdown waits for.
    Await.until(
        "only a timer lives: " + listener.tasks(),
        () -> listener.tasks().stream().allMatch(task -> task.name().contains("idle-connection")));
    Await.quiet(handlers);
    assertThat(ScopeCounts.adopted(handlers)).isEqualTo(RequestWork.ADOPTED);
    assertThat(ScopeCounts.finished(listener).failure()).isZero();
  }
}
