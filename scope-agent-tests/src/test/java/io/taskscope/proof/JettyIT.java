// SPDX-License-Identifier: Apache-2.0
package io.taskscope.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskscope.ShutdownReport;
import io.taskscope.TaskScope;
import io.taskscope.testing.TaskscopeExtension;
import java.time.Duration;
import java.util.concurrent.Executors;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Jetty 12, which gives requests to virtual threads and has a pool of its own for the rest. */
@Timeout(value = 90, threadMode = ThreadMode.SEPARATE_THREAD)
class JettyIT {
  private static final int REQUESTS = 40;

  @RegisterExtension final TaskscopeExtension taskscope = new TaskscopeExtension();

  private static Server start(TaskScope handlers, boolean virtualThreads) throws Exception {
    QueuedThreadPool pool = new QueuedThreadPool(8);
    pool.setName("jetty");
    if (virtualThreads) {
      pool.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
    }
    Server server = new Server(pool);
    ServerConnector connector = new ServerConnector(server, 1, 1);
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    server.setHandler(
        new Handler.Abstract() {
          @Override
          public boolean handle(Request request, Response response, Callback callback) {
            String answer =
                request.getHttpURI().getPath().equals("/where")
                    ? Where.here() + " virtual=" + Thread.currentThread().isVirtual()
                    : RequestWork.handle(handlers);
            Content.Sink.write(response, true, answer, callback);
            return true;
          }
        });
    server.start();
    return server;
  }

  private static int port(Server server) {
    return ((ServerConnector) server.getConnectors()[0]).getLocalPort();
  }

  @Test
  void requests_onVirtualThreads_whatTheyStartIsInTheirScope() throws Exception {
    TaskScope handlers = taskscope.root("jetty-virtual");
    Server server = start(handlers, true);
    try (Http http = new Http(port(server))) {
      assertThat(http.get("/where")).contains("path=-", "virtual=true");
      for (int i = 0; i < REQUESTS; i++) {
        assertThat(http.get("/work")).isEqualTo(RequestWork.expected(Where.NOWHERE, handlers));
      }
      Await.quiet(handlers);
      assertThat(ScopeCounts.adopted(handlers)).isEqualTo(REQUESTS * RequestWork.ADOPTED);
    } finally {
      server.stop();
    }
  }

  @Test
  void requests_onItsOwnPool_leaveNothingOnItsThreads() throws Exception {
    TaskScope handlers = taskscope.root("jetty-pool");
    Server server = start(handlers, false);
    try (Http http = new Http(port(server))) {
      for (int i = 0; i < REQUESTS; i++) {
        assertThat(http.get("/work")).isEqualTo(RequestWork.expected(Where.NOWHERE, handlers));
        assertThat(http.get("/where")).contains("path=-", "taskId=0", "virtual=false");
      }
      Await.quiet(handlers);
    } finally {
      server.stop();
    }
  }

  @Test
  void start_insideATask_closesWithItsScope() throws Exception {
    TaskScope web = taskscope.root("jetty-web");
    TaskScope listener = web.child("listener", o -> o.drainTimeout(Duration.ofMillis(50)));
    TaskScope handlers = web.child("handlers");
    Server server = listener.spawn("start", () -> start(handlers, true)).get();
    try (Http http = new Http(port(server))) {
      assertThat(http.get("/work")).endsWith(RequestWork.expected("/jetty-web/listener", handlers));
      assertThat(listener.tasks()).isNotEmpty(); // its acceptor and its pool
    }
    server.stop();
    Await.quiet(listener);

    ShutdownReport report = web.shutdown(Duration.ofSeconds(30));

    assertThat(report.abandoned()).isEmpty();
    assertThat(report.result()).isEqualTo(ShutdownReport.Result.CLEAN);
  }
}
