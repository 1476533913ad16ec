// SPDX-License-Identifier: Apache-2.0
package io.taskscope.demo;

import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.taskscope.Decision;
import io.taskscope.ShutdownReport;
import io.taskscope.Task;
import io.taskscope.TaskScope;
import io.taskscope.hook.HookRegistration;
import io.taskscope.jfr.JfrEvents;
import io.taskscope.metrics.TaskscopeMetrics;
import io.taskscope.otel.OtelBridge;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The code of the README of the project, so that it compiles and does what it says. */
final class ReadmeExamples {
  record User(int id) {}

  record Report(String text) {}

  record Price(int cents) {}

  record Stock(int pieces) {}

  /** Stands for a connection pool. */
  static final class Pool implements AutoCloseable {
    boolean closed;

    @Override
    public void close() {
      closed = true;
    }
  }

  final List<String> orders = new ArrayList<>();
  Pool opened = new Pool();

  ShutdownReport tree() throws Exception {
    TaskScope web = TaskScope.root("web");
    TaskScope app = web.child("app-a", o -> o.drainTimeout(Duration.ofSeconds(10)));
    TaskScope handlers = app.child("handlers", o -> o.onFailure((task, error) -> Decision.HANDLED));
    Pool pool = app.own("db-pool", newPool()); // closed after app-a's tasks have ended

    User user = handlers.call("GET /users/{id}", () -> loadUser(pool, 7)); // on the calling thread
    Task<Report> report = handlers.spawn("report", () -> buildReport(pool)); // on its own thread
    app.child("timers").every("refresh-cache", Duration.ofSeconds(10), () -> refresh(pool));

    handlers.call(
        "POST /checkout",
        () -> { // a request that fans out, as a block inside its task
          try (TaskScope block =
              TaskScope.open("checkout", o -> o.deadline(Duration.ofSeconds(2)))) {
            Task<Price> price = block.spawn("price", () -> price(7));
            Task<Stock> stock = block.spawn("stock", () -> stock(7));
            block.join(); // the first failure cancels the rest and is thrown here
            order(price.get(), stock.get());
          }
        });

    ShutdownReport how = web.shutdown(Duration.ofSeconds(30)); // innermost first, and never longer
    orders.add(user + " " + report.get());
    return how;
  }

  AutoCloseable seen(TaskScope web, OpenTelemetry openTelemetry, MeterRegistry registry) {
    OtelBridge bridge = OtelBridge.install(openTelemetry); // a span per task; before the others
    TaskscopeMetrics metrics = new TaskscopeMetrics();
    metrics.bindTo(registry); // meters by scope path on any Micrometer registry
    HookRegistration events = JfrEvents.install(); // and the path as context on the JDK's events

    web.tasks("/web/**[state=parked][age>5s]"); // what has been waiting for long?
    web.findings(); // what should someone look at?
    return () -> {
      events.close();
      metrics.close();
      bridge.close();
    };
  }

  private Pool newPool() {
    return opened;
  }

  private static User loadUser(Pool pool, int id) {
    return new User(pool.closed ? -1 : id);
  }

  private static Report buildReport(Pool pool) {
    return new Report(pool.closed ? "closed" : "open");
  }

  private static void refresh(Pool pool) {
    if (pool.closed) {
      throw new IllegalStateException("the pool was closed before the timer");
    }
  }

  private static Price price(int item) {
    return new Price(item * 100);
  }

  private static Stock stock(int item) {
    return new Stock(item);
  }

  private void order(Price price, Stock stock) {
    orders.add(price + " " + stock);
  }
}
