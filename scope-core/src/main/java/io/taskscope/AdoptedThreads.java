// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/** Makes virtual threads whose whole life is a task of the scope. */
final class AdoptedThreads implements ThreadFactory {
  private final ScopeNode scope;

  AdoptedThreads(ScopeNode scope) {
    this.scope = scope;
  }

  /** Null if the scope takes no tasks any more, which executors turn into a rejection. */
  @Override
  public @Nullable Thread newThread(Runnable body) {
    if (scope.state().compareTo(ScopeState.DRAINING) > 0) {
      return null;
    }
    String name = Names.ofBody(body);
    return Thread.ofVirtual().name(name).unstarted(new Body(this, name, body));
  }

  /** A type of its own, so that the agent does not adopt its thread once more. */
  record Body(AdoptedThreads made, String name, Runnable body) implements Runnable {
    @Override
    public void run() {
      made.run(name, body);
    }
  }

  private void run(String name, Runnable body) {
    TaskRun<@Nullable Object> task =
        scope.prepare(name, TaskOrigin.ADOPTED, new AdoptedBody(body, null));
    if (scope.tryAdmit(task)) {
      task.run();
    } else {
      // It was made before the scope closed, and someone may wait for what it does: it runs, but is
      // told
      // at once that it is not wanted any more.
      Thread.currentThread().interrupt();
      body.run();
    }
  }
}
