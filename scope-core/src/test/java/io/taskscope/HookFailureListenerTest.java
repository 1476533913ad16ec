// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskscope.hook.HookFailure;
import io.taskscope.hook.Hooks;
import io.taskscope.hook.TaskHook;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class HookFailureListenerTest {
  @RegisterExtension final TreeGuard guard = new TreeGuard();

  private static final class Broken implements TaskHook {
    @Override
    public void taskStarted(Task<?> task) {
      throw new IllegalStateException("broken");
    }
  }

  @Test
  void listener_untilRemoved_hearsOfEveryFailureAndMayFailItself() {
    guard.expectHookFailures();
    List<HookFailure> heard = new CopyOnWriteArrayList<>();
    Consumer<HookFailure> broken =
        failure -> {
          throw new IllegalStateException("listener");
        };
    Consumer<HookFailure> listener =
        failure -> {
          if (failure.hook().equals(Broken.class.getName())) {
            heard.add(failure);
          }
        };
    Hooks.addFailureListener(broken);
    Hooks.addFailureListener(listener);
    try {
      TaskScope scope = guard.root("told", o -> o.hook(new Broken()));
      scope.call("a", () -> {});
      assertThat(heard).hasSize(1);
      assertThat(heard.getFirst().method()).isEqualTo("taskStarted");
      assertThat(heard.getFirst().error()).hasMessage("broken");
      assertThat(heard.getFirst().count()).isEqualTo(1);
      assertThat(heard.getFirst().quarantined()).isFalse();

      Hooks.removeFailureListener(listener);
      scope.call("b", () -> {});
      assertThat(heard).hasSize(1);
    } finally {
      Hooks.removeFailureListener(listener);
      Hooks.removeFailureListener(broken);
    }
  }
}
