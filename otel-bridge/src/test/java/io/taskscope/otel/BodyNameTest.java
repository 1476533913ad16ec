// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskscope.TaskAction;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

class BodyNameTest {
  private static final String HERE = BodyNameTest.class.getName();

  private static final class Load implements Callable<String> {
    @Override
    public String call() {
      return "loaded";
    }
  }

  @Test
  void of_lambda_isTheClassItIsIn() {
    Callable<String> lambda = () -> "x";
    TaskAction<RuntimeException> action = () -> {};

    assertThat(BodyName.of(lambda.getClass())).isEqualTo(HERE + ".lambda");
    assertThat(BodyName.of(action.getClass())).isEqualTo(HERE + ".lambda");
  }

  @Test
  void of_methodReference_isTheClassItIsIn() {
    Callable<Thread> reference = Thread::currentThread;

    assertThat(BodyName.of(reference.getClass())).isEqualTo(HERE + ".lambda");
  }

  @Test
  void of_namedClass_isItsMethod() {
    assertThat(BodyName.of(Load.class)).isEqualTo(HERE + "$Load.call");
    assertThat(BodyName.of(Load.class)).isSameAs(BodyName.of(Load.class));
  }

  @Test
  void of_anonymousClass_isItsMethod() {
    TaskAction<RuntimeException> action =
        new TaskAction<>() {
          @Override
          public void run() {}
        };
    ScopedValue.CallableOp<String, RuntimeException> op =
        new ScopedValue.CallableOp<>() {
          @Override
          public String call() {
            return "x";
          }
        };

    assertThat(BodyName.of(action.getClass())).isEqualTo(HERE + "$1.run");
    assertThat(BodyName.of(op.getClass())).isEqualTo(HERE + "$2.call");
  }
}
