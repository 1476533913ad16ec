// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel.process;

import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.taskscope.TaskScope;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** A service that says nothing of Taskscope's bridge: {@code OTEL_*} variables do. */
final class AutoConfiguredService {
  private AutoConfiguredService() {}

  public static void main(String[] args) throws Exception {
    AutoConfiguredOpenTelemetrySdk.initialize();
    TaskScope web = TaskScope.root("web");
    TaskScope handlers = web.child("handlers");
    handlers.call("request", () -> handlers.spawn("load", () -> 1).get());

    // Still at work when the JVM is told to end, and allowed to come to its end.
    CountDownLatch running = new CountDownLatch(1);
    handlers.spawn(
        "last",
        () -> {
          running.countDown();
          Thread.sleep(400);
          handlers.spawn("very last", () -> 1).get();
        });
    running.await();
    TaskScope.shutdownOnExit(web, Duration.ofSeconds(20), report -> {});
    System.exit(0);
  }
}
