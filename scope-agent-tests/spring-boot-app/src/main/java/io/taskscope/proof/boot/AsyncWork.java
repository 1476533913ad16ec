// SPDX-License-Identifier: Apache-2.0
package io.taskscope.proof.boot;

import io.taskscope.proof.Where;
import java.util.concurrent.CompletableFuture;
import org.springframework.scheduling.annotation.Async;
import org.springframework.stereotype.Component;

/** Called on an executor of Spring's. */
@Component
class AsyncWork {
  @Async
  CompletableFuture<Where> work() {
    return CompletableFuture.completedFuture(Where.here());
  }
}
