// SPDX-License-Identifier: Apache-2.0
package io.taskscope.proof;

import io.taskscope.TaskScope;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * What a request does in the tests of servers: it starts a virtual thread and an asynchronous
 * stage, and answers where they were. The answer has the scope of the server's own thread before
 * and after.
 */
final class RequestWork {
  /** What it adopts each time. */
  static final int ADOPTED = 2;

  private RequestWork() {}

  /** The handler of a server. */
  static String handle(TaskScope handlers) {
    try {
      List<String> paths = new ArrayList<>();
      paths.add(Where.here().path());
      List<Where> seen = handlers.call("GET /work", RequestWork::start);
      seen.forEach(where -> paths.add(where.path() + (where.member() ? "!" : "")));
      paths.add(Where.here().path());
      return paths.stream().collect(Collectors.joining(" "));
    } catch (Exception e) { // answered, so that the test shows it
      return e.toString();
    }
  }

  private static List<Where> start() throws Exception {
    CompletableFuture<Where> virtual = new CompletableFuture<>();
    Thread.startVirtualThread(() -> virtual.complete(Where.here()));
    CompletableFuture<Where> stage = CompletableFuture.supplyAsync(Where::here);
    return List.of(
        Where.here(), virtual.get(30, TimeUnit.SECONDS), stage.get(30, TimeUnit.SECONDS));
  }

  /** What is answered when the thread of the server was where it is given, before and after. */
  static String expected(String outside, TaskScope handlers) {
    String path = handlers.path();
    return "%s %s %s! %s! %s".formatted(outside, path, path, path, outside);
  }
}
