// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Forks of the JDK's own structured scopes. Its API is a preview and changes with every release, so
 * it is called by reflection, which needs no flags.
 */
@Timeout(30)
class StructuredTaskScopeTest {
  @RegisterExtension final TreeGuard guard = new TreeGuard();

  private static final String TYPE = "java.util.concurrent.StructuredTaskScope";

  private static Object call(Object target, String type, String name, Object... args)
      throws Exception {
    Method method =
        Arrays.stream(Class.forName(type).getMethods())
            .filter(m -> m.getName().equals(name) && m.getParameterCount() == args.length)
            .filter(m -> fits(m, args))
            .findFirst()
            .orElseThrow();
    try {
      return method.invoke(target, args);
    } catch (InvocationTargetException e) {
      throw e.getCause() instanceof Exception exception ? exception : e;
    }
  }

  private static boolean fits(Method method, Object... args) {
    for (int i = 0; i < args.length; i++) {
      if (!method.getParameterTypes()[i].isInstance(args[i])) {
        return false;
      }
    }
    return true;
  }

  private static AutoCloseable open(ThreadFactory factory) throws Exception {
    Object joiner = call(null, TYPE + "$Joiner", "awaitAllSuccessfulOrThrow");
    UnaryOperator<Object> configure =
        configuration -> {
          try {
            return call(configuration, TYPE + "$Configuration", "withThreadFactory", factory);
          } catch (Exception e) {
            throw new LinkageError("the preview API is not what it was in Java 25", e);
          }
        };
    return (AutoCloseable) call(null, TYPE, "open", joiner, configure);
  }

  private static void fork(AutoCloseable scope, Callable<?> body) throws Exception {
    call(scope, TYPE, "fork", body);
  }

  @Test
  void forks_withTheFactoryOfAScope_areItsMembers() throws Exception {
    TaskScope web = guard.root("web");
    Set<String> seen = Collections.synchronizedSet(new HashSet<>());
    try (AutoCloseable scope = open(web.threadFactory())) {
      for (int i = 0; i < 10; i++) {
        int number = i;
        fork(
            scope,
            () -> {
              Task<?> task = Task.current().orElseThrow();
              assertThat(task.scope()).isSameAs(web);
              return seen.add(number + task.origin().label());
            });
      }
      call(scope, TYPE, "join");
    }

    assertThat(seen).hasSize(10).allMatch(text -> text.endsWith("adopted"));
    web.join();
    assertThat(web.view().finished().success()).isEqualTo(10);
  }

  @Test
  void forks_insideATask_knowItsScope() throws Exception {
    TaskScope web = guard.root("web");
    Set<String> paths = Collections.synchronizedSet(new HashSet<>());
    web.spawn(
            "t",
            () -> {
              try (AutoCloseable scope = open(Thread.ofVirtual().factory())) {
                fork(scope, () -> paths.add(TaskScope.current().orElseThrow().path()));
                call(scope, TYPE, "join");
              }
              return "";
            })
        .get();

    assertThat(paths).containsExactly("/web");
    assertThat(web.view().started()).as("known, but no member").isEqualTo(1);
  }

  @Test
  void forks_withTheFactoryOfAClosedScope_areRejected() throws Exception {
    TaskScope web = guard.root("web");
    ThreadFactory factory = web.threadFactory();
    web.close();
    try (AutoCloseable scope = open(factory)) {
      assertThatThrownBy(() -> fork(scope, () -> "late"))
          .isInstanceOf(RejectedExecutionException.class);
      call(scope, TYPE, "join");
    }
  }
}
