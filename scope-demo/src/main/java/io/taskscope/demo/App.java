// SPDX-License-Identifier: Apache-2.0
package io.taskscope.demo;

import io.taskscope.Decision;
import io.taskscope.FailureHandler;
import io.taskscope.ScopeState;
import io.taskscope.Task;
import io.taskscope.TaskScope;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * One of the two applications: its scopes, its database, its routes.
 *
 * <pre>
 * /web/app-a              owns db-pool
 * /web/app-a/handlers     a task per request; /web/app-a/handlers/checkout: a block per checkout
 * /web/app-a/timers       owns restock-clock; a task per tick
 * /web/app-a/background   jobs that requests leave behind; ends after the handlers
 * </pre>
 */
final class App {
  /** The item whose warehouse is too slow for the deadline of a checkout. */
  static final int SLOW_ITEM = 13;

  private static final Duration CHECKOUT_DEADLINE = Duration.ofMillis(800);

  private final String prefix;
  private final TaskScope handlers;
  private final TaskScope background;
  private final Store store;
  private final Map<String, Route> routes;

  private final Shelf shelf = new Shelf();

  /** Few, so that nobody can bring the demo down by asking for many. */
  private final Semaphore stuckPlaces = new Semaphore(3);

  private final BlockingQueue<String> auditQueue = new ArrayBlockingQueue<>(1_000);
  private volatile long orders;

  /**
   * Builds the application below {@code web}.
   *
   * @param letter {@code a} for {@code /web/app-a} with routes below {@code /a}
   */
  static App start(TaskScope web, String letter) throws SQLException {
    String name = "app-" + letter;
    TaskScope scope = web.child(name);
    Store store = scope.own("db-pool", Store.open(name));
    App app = new App(scope, "/" + letter, store);
    app.startTimers(scope.child("timers"));
    app.startBackground();
    return app;
  }

  private App(TaskScope scope, String prefix, Store store) {
    this.prefix = prefix;
    this.store = store;
    // Without a failure handler each failure would be logged. The client has the one of a request,
    // and
    // a mail that bounces is no alarm.
    FailureHandler expected = (task, error) -> Decision.HANDLED;
    handlers =
        scope.child(
            "handlers",
            o ->
                o.drainTimeout(Duration.ofSeconds(2))
                    .cancelTimeout(Duration.ofMillis(500))
                    .onFailure(expected));
    // Requests leave jobs here until the last of them has ended, so this scope ends after theirs.
    background =
        scope.child(
            "background",
            o -> o.closeAfter("handlers").drainTimeout(Duration.ofSeconds(1)).onFailure(expected));
    routes =
        Map.of(
            "users", route("users/{id}", true, this::user),
            "report", route("report", false, this::report),
            "fail", route("fail", false, this::fail),
            "inventory", route("inventory", false, this::inventory),
            "checkout", route("checkout", false, this::checkout),
            "stuck", route("stuck", false, this::stuck));
  }

  private Route route(String template, boolean takesArgument, Route.Body body) {
    return new Route("GET " + prefix + "/" + template, takesArgument, body);
  }

  /** The route for a name such as {@code users}. */
  Optional<Route> route(String name) {
    return Optional.ofNullable(routes.get(name));
  }

  /** Answers a request, on the thread that the server has for it. */
  Reply answer(Route route, Ask ask) throws Exception {
    return handlers.<Reply, Exception>call(route.task(), () -> route.body().answer(ask));
  }

  private void startTimers(TaskScope timers) {
    timers.every("refresh-cache", Duration.ofSeconds(1), () -> orders = store.orders());
    // A thread of our own instead, and a platform thread, as Flight Recorder shows who waits for a
    // lock only on those.
    ScheduledExecutorService clock =
        timers.own(
            "restock-clock",
            Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("restock").factory()));
    clock.scheduleAtFixedRate(() -> restock(timers), 370, 370, TimeUnit.MILLISECONDS);
  }

  /** Throws, and so ends its timer, when the scope takes no more tasks. */
  private void restock(TaskScope timers) {
    try {
      timers.<InterruptedException>call("restock", () -> shelf.count(40));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void startBackground() {
    background.spawn("audit-writer", this::writeAudit);
    background.spawn("reindex", this::reindex);
  }

  // Routes

  /** A quick read. */
  private Reply user(Ask ask) throws SQLException {
    int id = ask.id();
    auditQueue.offer("read user " + id); // full: the audit log is behind, and requests do not wait
    return store
        .userName(id)
        .map(name -> Reply.ok("{\"id\":%s,\"name\":\"%s\"}".formatted(id, name)))
        .orElseGet(
            () -> Reply.error(404, "no user %s: there are 1 to %s".formatted(id, Store.USERS)));
  }

  /**
   * Slow: 300 to 1500 ms. A pool of the JDK counts the audit log meanwhile; the agent makes that a
   * task of this scope, although nobody here says so.
   */
  private Reply report(Ask ask) throws Exception {
    Future<Long> audited = ForkJoinPool.commonPool().submit(store::audited);
    Thread.sleep(ThreadLocalRandom.current().nextLong(300, 1_500));
    return Reply.ok(
        "{\"orders\":%s,\"cached\":%s,\"audited\":%s}"
            .formatted(store.orders(), orders, audited.get()));
  }

  /** Fails. */
  private Reply fail(Ask ask) {
    throw new IllegalStateException("this route always fails");
  }

  /** Waits for a lock that other requests and a timer hold. */
  private Reply inventory(Ask ask) throws InterruptedException {
    shelf.count(ThreadLocalRandom.current().nextLong(30, 90));
    return Reply.ok("{\"counted\":true}");
  }

  /** Two things at a time, within a deadline; the first that fails cancels the other. */
  private Reply checkout(Ask ask) throws Exception {
    int item = ask.number("item", 1);
    try (TaskScope scope = TaskScope.open("checkout", o -> o.deadline(CHECKOUT_DEADLINE))) {
      Task<Integer> price = scope.spawn("price", () -> price(item));
      Task<Integer> stock = scope.spawn("stock", () -> stock(item));
      scope.join();
      background.spawn("send-mail", () -> sendMail(item));
      return Reply.ok(
          "{\"item\":%s,\"price\":%s,\"stock\":%s}".formatted(item, price.get(), stock.get()));
    }
  }

  private int price(int item) throws SQLException, InterruptedException {
    Thread.sleep(ThreadLocalRandom.current().nextLong(10, 60));
    return item + store.userName(1).orElseThrow().length();
  }

  private int stock(int item) throws InterruptedException {
    Thread.sleep(item == SLOW_ITEM ? 5_000 : ThreadLocalRandom.current().nextLong(10, 120));
    if (item % 10 == 0) {
      throw new IllegalStateException("item %s is out of stock".formatted(item));
    }
    return item * 3;
  }

  /**
   * Never ends and ignores interrupts, as code does that swallows InterruptedException in a loop.
   */
  private Reply stuck(Ask ask) {
    if (!stuckPlaces.tryAcquire()) {
      return Reply.error(429, "enough requests are stuck already");
    }
    while (true) {
      try {
        Thread.sleep(Duration.ofHours(1));
      } catch (InterruptedException e) {
        // The mistake this route is here to show. The shutdown report names it.
      }
    }
  }

  // Background

  private static void sendMail(int item) throws InterruptedException {
    Thread.sleep(ThreadLocalRandom.current().nextLong(50, 150));
    if (ThreadLocalRandom.current().nextInt(20) == 0) {
      throw new IllegalStateException("the mail about item %s bounced".formatted(item));
    }
  }

  /**
   * Writes what requests have queued, and ends by itself when its scope drains: no entry is lost.
   */
  private void writeAudit() throws SQLException, InterruptedException {
    while (background.state() == ScopeState.OPEN || !auditQueue.isEmpty()) {
      String first = auditQueue.poll(250, TimeUnit.MILLISECONDS);
      if (first != null) {
        List<String> entries = new ArrayList<>(List.of(first));
        auditQueue.drainTo(entries, 99);
        store.audit(entries);
      }
    }
  }

  /** Goes on until it is interrupted, which a shutdown does when the time to drain is over. */
  private void reindex() throws SQLException, InterruptedException {
    while (true) {
      orders = store.orders();
      Thread.sleep(2_000);
    }
  }

  /** What only one task at a time may count. */
  private static final class Shelf {
    synchronized void count(long millis) throws InterruptedException {
      Thread.sleep(millis);
    }
  }
}
