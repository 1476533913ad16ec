// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.util.concurrent.ExecutorService;

/**
 * The one thread on which all shutdowns of the JVM move on. It never waits and never calls the
 * application, so that no task, hook or resource can hold it.
 */
final class ShutdownEngine {
  private static final ExecutorService THREAD = Background.single("taskscope-shutdown-");

  private ShutdownEngine() {}

  /** Has the shutdown look again at where it stands. Bounded: each is queued at most once. */
  static void enqueue(Runnable shutdown) {
    THREAD.execute(shutdown);
  }
}
