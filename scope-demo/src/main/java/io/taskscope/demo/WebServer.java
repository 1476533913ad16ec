// SPDX-License-Identifier: Apache-2.0
package io.taskscope.demo;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.taskscope.ScopeState;
import io.taskscope.TaskScope;
import java.io.IOException;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.eclipse.jetty.util.thread.VirtualThreadPool;
import org.jspecify.annotations.Nullable;

/**
 * Jetty, with a virtual thread of its own for each request. It knows nothing of scopes but that
 * {@link App} runs each request as a task on that thread.
 */
final class WebServer {
  private final Server server;
  private final ServerConnector connector;
  private final InetAddress bind;

  private WebServer(Server server, ServerConnector connector, InetAddress bind) {
    this.bind = bind;
    this.server = server;
    this.connector = connector;
  }

  /**
   * Starts to listen.
   *
   * @param bind the address
   * @param port 0 for any free one
   * @param web whose state {@code /healthz} tells
   * @param propagator reads the trace that a client sends along
   * @throws StartException if the port cannot be had
   */
  static WebServer start(
      InetAddress bind, int port, TaskScope web, Router router, TextMapPropagator propagator) {
    VirtualThreadPool threads = new VirtualThreadPool();
    threads.setName("http-");
    Server server = new Server(threads);
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    ServerConnector connector = new ServerConnector(server, new HttpConnectionFactory(http));
    connector.setHost(bind.getHostAddress());
    connector.setPort(port);
    server.addConnector(connector);
    server.setHandler(new Pages(web, router, propagator));
    try {
      server.start();
    } catch (Exception e) {
      stop(server, e);
      throw e instanceof IOException io
          ? StartException.port("--port", port, io)
          : new StartException("the web server does not start: " + e.getMessage(), e);
    }
    return new WebServer(server, connector, bind);
  }

  private static void stop(Server server, Exception because) {
    try {
      server.stop();
    } catch (Exception e) {
      because.addSuppressed(e);
    }
  }

  /** Such as {@code http://127.0.0.1:8080/}. */
  String address() {
    return "http://%s:%s/".formatted(BindAddress.inUrl(bind), connector.getLocalPort());
  }

  /** Stops listening, and closes connections. */
  void stop() throws Exception {
    server.stop();
  }

  /** Between Jetty and the router. */
  private static final class Pages extends Handler.Abstract {
    private final TaskScope web;
    private final Router router;
    private final TextMapPropagator propagator;

    Pages(TaskScope web, Router router, TextMapPropagator propagator) {
      this.web = web;
      this.router = router;
      this.propagator = propagator;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      Reply reply = answer(request);
      response.setStatus(reply.status());
      response
          .getHeaders()
          .put(
              HttpHeader.CONTENT_TYPE,
              reply.isJson() ? "application/json" : "text/plain; charset=utf-8");
      if (reply.status() == 503) {
        response.getHeaders().put(HttpHeader.RETRY_AFTER, "2");
      }
      if (reply.status() == 405) {
        response.getHeaders().put(HttpHeader.ALLOW, "GET");
      }
      Content.Sink.write(response, true, reply.body() + "\n", callback);
      return true;
    }

    private Reply answer(Request request) {
      String path = Request.getPathInContext(request);
      if (!HttpMethod.GET.is(request.getMethod())) {
        return Reply.error(405, "only GET is understood, not " + request.getMethod());
      }
      return switch (path) {
        case "/" -> new Reply(200, index(request));
        case "/healthz" ->
            web.state() == ScopeState.OPEN
                ? new Reply(200, "ok")
                : new Reply(503, web.state().label());
        default -> {
          Map<String, String> query;
          try {
            query = query(request);
          } catch (RuntimeException e) {
            yield Reply.error(400, "what stands behind the ? cannot be read");
          }
          yield propagator
              .extract(Context.root(), request, WebServer::header)
              .wrapSupplier(() -> router.answer(path, query))
              .get();
        }
      };
    }

    private static Map<String, String> query(Request request) {
      Map<String, String> query = new HashMap<>();
      for (Fields.Field field : Request.extractQueryParameters(request)) {
        query.put(field.getName(), field.getValue());
      }
      return query;
    }

    private static String index(Request request) {
      StringBuilder text = new StringBuilder("Taskscope demo. Try\n");
      String server = "  http://" + request.getHttpURI().getAuthority() + "/";
      Router.SAMPLES.forEach(path -> text.append(server).append(path).append('\n'));
      return text.toString();
    }
  }

  private static @Nullable String header(@Nullable Request request, String name) {
    return request == null ? null : request.getHeaders().get(name);
  }
}
