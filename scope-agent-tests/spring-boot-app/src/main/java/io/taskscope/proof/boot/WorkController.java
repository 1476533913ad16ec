// SPDX-License-Identifier: Apache-2.0
package io.taskscope.proof.boot;

import io.taskscope.TaskOrigin;
import io.taskscope.TaskScope;
import io.taskscope.proof.ScopeCounts;
import io.taskscope.proof.Where;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Answers where the parts of a request were done. */
@RestController
class WorkController {
  private final TaskScope handlers;
  private final AsyncWork async;

  WorkController(@Qualifier("handlers") TaskScope handlers, AsyncWork async) {
    this.handlers = handlers;
    this.async = async;
  }

  /** Every way in which an application starts more work. */
  @GetMapping("/work")
  Map<String, String> work() throws Exception {
    Map<String, String> answer = new LinkedHashMap<>();
    answer.put("before", Where.here().path());
    handlers.call(
        "GET /work",
        () -> {
          answer.put("request", text(Where.here()));
          answer.put("async", text(async.work().get()));
          CompletableFuture<Where> virtual = new CompletableFuture<>();
          Thread.startVirtualThread(() -> virtual.complete(Where.here()));
          answer.put("virtual", text(virtual.get()));
          answer.put("future", text(CompletableFuture.supplyAsync(Where::here).get()));
        });
    answer.put("after", Where.here().path());
    return answer;
  }

  private static String text(Where where) {
    return where.path() + (where.member() ? " member" : "");
  }

  /** What was counted. */
  @GetMapping("/counts")
  Map<String, Object> counts() {
    var counts = ScopeCounts.of(handlers);
    return Map.of(
        "agent", TaskScope.statistics().agent().state().label(),
        "missing", TaskScope.statistics().agent().missing(),
        "called", counts.started().get(TaskOrigin.CALLED),
        "adopted", counts.started().get(TaskOrigin.ADOPTED),
        "success", counts.finished().success(),
        "live", counts.live(),
        "steps", counts.steps().map(it -> it.steps() > 0).orElse(false));
  }
}
