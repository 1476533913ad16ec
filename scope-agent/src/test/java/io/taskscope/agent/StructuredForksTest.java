// SPDX-License-Identifier: Apache-2.0
package io.taskscope.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskscope.Task;
import io.taskscope.TaskOrigin;
import io.taskscope.TaskScope;
import io.taskscope.testing.TaskscopeExtension;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Forks of the JDK's structured scopes are members once, whoever makes their threads. That API is a
 * preview and changes with every release, so it is called by reflection, which needs no flags.
 */
@ExtendWith(TaskscopeExtension.class)
@Timeout(60)
class StructuredForksTest {
  private static final String TYPE = "java.util.concurrent.StructuredTaskScope";
  private static final int FORKS = 100;

  private final TaskScope root = TaskScope.root("forks");
  private final Queue<Task<?>> seen = new ConcurrentLinkedQueue<>();

  @AfterEach
  void close() {
    root.shutdown(Duration.ofSeconds(10));
  }

  @Test
  void forks_inATask_areMembersOnce() throws Exception {
    root.spawn("owner", () -> fork(Thread.ofVirtual().factory())).get();
    assertMembers(1);
  }

  @Test
  void forks_inATaskWithTheFactoryOfItsScope_areMembersOnce() throws Exception {
    root.spawn("owner", () -> fork(root.threadFactory())).get();
    assertMembers(1);
  }

  @Test
  void forks_outsideWithTheFactoryOfAScope_areMembersOnce() throws Exception {
    fork(root.threadFactory());
    assertMembers(0);
  }

  @Test
  void forks_inATaskWithTheFactoryOfAnotherScope_areMembersOfThatOne() throws Exception {
    TaskScope other = root.child("other");
    root.spawn("owner", () -> fork(other.threadFactory())).get();
    root.join();
    other.join();
    assertThat(seen).hasSize(FORKS).allSatisfy(t -> assertThat(t.scope()).isSameAs(other));
    assertThat(other.view().started()).isEqualTo(FORKS);
    assertThat(root.view().started()).isEqualTo(1);
  }

  private void assertMembers(int others) throws Exception {
    root.join();
    assertThat(seen)
        .hasSize(FORKS)
        .doesNotHaveDuplicates()
        .allSatisfy(task -> assertThat(task.scope()).isSameAs(root))
        .allSatisfy(task -> assertThat(task.origin()).isEqualTo(TaskOrigin.ADOPTED));
    assertThat(root.view().started()).isEqualTo(FORKS + others);
    assertThat(root.view().finished().success()).isEqualTo(FORKS + others);
  }

  private Object fork(ThreadFactory factory) throws Exception {
    Object joiner = call(null, TYPE + "$Joiner", "awaitAllSuccessfulOrThrow");
    UnaryOperator<Object> configure =
        made -> {
          try {
            return call(made, TYPE + "$Configuration", "withThreadFactory", factory);
          } catch (Exception e) {
            throw new LinkageError("the preview API is not what it was in Java 25", e);
          }
        };
    try (AutoCloseable scope = (AutoCloseable) call(null, TYPE, "open", joiner, configure)) {
      Callable<Boolean> body = () -> seen.add(Task.current().orElseThrow());
      for (int i = 0; i < FORKS; i++) {
        call(scope, TYPE, "fork", body);
      }
      call(scope, TYPE, "join");
    }
    return "";
  }

  private static Object call(Object target, String type, String name, Object... args)
      throws Exception {
    Method method =
        Arrays.stream(Class.forName(type).getMethods())
            .filter(one -> one.getName().equals(name) && fits(one, args))
            .findFirst()
            .orElseThrow();
    return method.invoke(target, args);
  }

  private static boolean fits(Method method, Object... args) {
    Class<?>[] types = method.getParameterTypes();
    if (types.length != args.length) {
      return false;
    }
    for (int i = 0; i < args.length; i++) {
      if (!types[i].isInstance(args[i])) {
        return false;
      }
    }
    return true;
  }
}
