// SPDX-License-Identifier: Apache-2.0
package io.taskscope.proof;

import io.taskscope.Task;
import io.taskscope.TaskScope;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Starts work in every way the JDK has, from inside a task, and prints of each how many pieces were
 * members of the task's scope: lines {@code adopted.NAME=seen/done}.
 */
final class AdoptionProgram {
  private static final int TIMES = 50;

  private AdoptionProgram() {}

  static void run(TaskScope root) throws Exception {
    network(root.child("network"));
    // Made before and outside, as pools are that a library shares among its users.
    try (ExecutorService pool = Executors.newFixedThreadPool(2);
        ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
        ForkJoinPool forkJoin = new ForkJoinPool(2)) {
      pool.submit(Where::here).get();
      adopts(root, "virtual", body -> thread(Thread.ofVirtual(), body));
      adopts(root, "platform", body -> thread(Thread.ofPlatform().daemon(false), body));
      adopts(root, "background", body -> thread(Thread.ofPlatform().daemon(true), body));
      adopts(root, "pertask", AdoptionProgram::perTask);
      adopts(root, "pool", pool::submit);
      adopts(root, "forkjoin", forkJoin::submit);
      adopts(root, "common", body -> ForkJoinPool.commonPool().submit(body));
      adopts(root, "future", body -> CompletableFuture.supplyAsync(() -> call(body)));
      adopts(
          root,
          "stage",
          body -> CompletableFuture.completedFuture(1).thenApplyAsync(done -> call(body), pool));
      adopts(root, "timer", body -> timer.schedule(body, 1, TimeUnit.MILLISECONDS));
      // From outside, on threads that have just worked for a scope.
      long leaked = 0;
      for (ExecutorService used : List.of(pool, timer, forkJoin, ForkJoinPool.commonPool())) {
        for (int i = 0; i < TIMES; i++) {
          leaked += used.submit(Where::here).get().path().equals(Where.NOWHERE) ? 0 : 1;
        }
      }
      CountsProgram.print("leaked", leaked);
    }
  }

  /** The first wait for the network in this JVM: it starts threads of the JDK's own. */
  private static void network(TaskScope scope) throws Exception {
    scope
        .spawn(
            "pair",
            () -> {
              try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                Task<Integer> accepted =
                    scope.spawn(
                        "accept",
                        () -> {
                          try (Socket socket = server.accept()) {
                            return socket.getInputStream().read();
                          }
                        });
                try (Socket client = new Socket(server.getInetAddress(), server.getLocalPort())) {
                  client.getOutputStream().write(42);
                }
                return accepted.get();
              }
            })
        .get();
    CountsProgram.print("network.members", ScopeCounts.adopted(scope));
    CountsProgram.print("network.closed", scope.shutdown(Duration.ofSeconds(10)).result().label());
  }

  private static void adopts(
      TaskScope root, String name, Function<Callable<Where>, Future<Where>> start)
      throws Exception {
    TaskScope scope = root.child(name);
    Queue<Where> seen = new ConcurrentLinkedQueue<>();
    scope
        .spawn(
            "starter",
            () -> {
              for (int i = 0; i < TIMES; i++) {
                seen.add(start.apply(Where::here).get());
              }
            })
        .get();
    awaitQuiet(scope);
    long members = seen.stream().filter(where -> where.isMemberOf(scope)).count();
    CountsProgram.print("adopted." + name, members + "/" + seen.size());
    CountsProgram.print("counted." + name, ScopeCounts.adopted(scope));
    CountsProgram.print("closed." + name, scope.shutdown(Duration.ofSeconds(10)).result().label());
  }

  private static void awaitQuiet(TaskScope scope) throws InterruptedException {
    long limit = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (!ScopeCounts.isQuiet(scope) && System.nanoTime() < limit) {
      Thread.sleep(1);
    }
  }

  private static Future<Where> thread(Thread.Builder builder, Callable<Where> body) {
    CompletableFuture<Where> seen = new CompletableFuture<>();
    builder.start(() -> seen.complete(call(body)));
    return seen;
  }

  private static Future<Where> perTask(Callable<Where> body) {
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      return executor.submit(body);
    }
  }

  private static Where call(Callable<Where> body) {
    try {
      return body.call();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
