// SPDX-License-Identifier: Apache-2.0
package io.taskscope.agent;

import io.taskscope.agent.HookPoint.Edit;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What is put into methods, and where: calls of the probe's methods. */
final class Edits {
  static final ClassDesc PROBE = ClassDesc.of("java.lang.TaskscopeProbe");

  private Edits() {}

  // ---- what is called

  /** Calls a method of the probe with what is on the stack. */
  static void tell(CodeBuilder code, String told, ClassDesc... of) {
    code.invokestatic(PROBE, told, MethodTypeDesc.of(ConstantDescs.CD_void, of));
  }

  static Consumer<CodeBuilder> tell(String told) {
    return code -> tell(code, told);
  }

  static Consumer<CodeBuilder> nothing() {
    return code -> {};
  }

  // ---- where

  static Edit atEntry(Consumer<CodeBuilder> what) {
    return new Edit() {
      @Override
      public boolean atEntry(CodeBuilder code) {
        what.accept(code);
        return true;
      }
    };
  }

  static Edit atReturn(Consumer<CodeBuilder> what) {
    return new Edit() {
      @Override
      public boolean atReturn(CodeBuilder code) {
        what.accept(code);
        return true;
      }
    };
  }

  static Edit onThrow(Consumer<CodeBuilder> what) {
    return new Edit() {
      @Override
      public boolean onThrow(CodeBuilder code) {
        what.accept(code);
        return true;
      }
    };
  }

  /** At the beginning of a method, and at its end, however that comes. */
  static Edit bracket(Consumer<CodeBuilder> begin, Consumer<CodeBuilder> end) {
    return new Edit() {
      @Override
      public boolean atEntry(CodeBuilder code) {
        begin.accept(code);
        return true;
      }

      @Override
      public boolean atReturn(CodeBuilder code) {
        end.accept(code);
        return true;
      }

      @Override
      public boolean onThrow(CodeBuilder code) {
        end.accept(code);
        return true;
      }
    };
  }

  /** Before and after some calls, and when something is thrown out of the method. */
  static Edit around(
      Predicate<InvokeInstruction> calls,
      Consumer<CodeBuilder> before,
      Consumer<CodeBuilder> after,
      @Nullable Consumer<CodeBuilder> thrown) {
    return new Edit() {
      @Override
      public boolean before(CodeBuilder code, InvokeInstruction call) {
        boolean it = calls.test(call);
        if (it) {
          before.accept(code);
        }
        return it;
      }

      @Override
      public boolean after(CodeBuilder code, InvokeInstruction call) {
        boolean it = calls.test(call);
        if (it) {
          after.accept(code);
        }
        return it;
      }

      @Override
      public boolean onThrow(CodeBuilder code) {
        if (thrown != null) {
          thrown.accept(code);
        }
        return thrown != null;
      }
    };
  }
}
