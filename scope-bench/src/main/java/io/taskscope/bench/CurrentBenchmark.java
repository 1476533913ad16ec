// SPDX-License-Identifier: Apache-2.0
package io.taskscope.bench;

import io.taskscope.Task;
import io.taskscope.TaskScope;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Asking which task and scope one is in, from inside a task; next to a plain lookup of the JDK. */
public abstract class CurrentBenchmark extends NanosBenchmark {
  static final ScopedValue<TaskScope> SCOPED = ScopedValue.newInstance();

  /** In a task on a virtual thread. */
  @Fork(
      value = 2,
      jvmArgsAppend = {
        "--enable-preview",
        "-Djmh.executor=CUSTOM",
        "-Djmh.executor.class=io.taskscope.bench.WorkersAsTasks",
        "-D" + WorkersAsTasks.VIRTUAL + "=true"
      })
  public static class OnVirtualThread extends CurrentBenchmark {}

  /** In a task on a platform thread, called there. */
  @Fork(
      value = 2,
      jvmArgsAppend = {
        "--enable-preview",
        "-Djmh.executor=CUSTOM",
        "-Djmh.executor.class=io.taskscope.bench.WorkersAsTasks"
      })
  public static class OnPlatformThread extends CurrentBenchmark {}

  /** What every thread of the peers' benchmarks has set. */
  @State(Scope.Thread)
  public static class Local {
    private static final ThreadLocal<String> LOCAL = new ThreadLocal<>();

    public Local() {
      LOCAL.set("here");
    }
  }

  @Benchmark
  public @Nullable String threadLocal(Local local) {
    return Local.LOCAL.get();
  }

  @Benchmark
  public boolean scopedValue() {
    return SCOPED.isBound();
  }

  @Benchmark
  public Optional<TaskScope> currentScope() {
    return TaskScope.current();
  }

  @Benchmark
  public Optional<Task<?>> currentTask() {
    return Task.current();
  }
}
