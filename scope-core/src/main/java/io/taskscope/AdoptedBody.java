// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * What a library gave us to run. A type of its own, so that {@link Task#bodyClass} is the library's
 * class and not one of ours.
 */
record AdoptedBody(Runnable runnable, @Nullable Object result)
    implements Callable<@Nullable Object> {
  @Override
  public @Nullable Object call() {
    runnable.run();
    return result;
  }
}
