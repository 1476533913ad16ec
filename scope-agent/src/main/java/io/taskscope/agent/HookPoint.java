// SPDX-License-Identifier: Apache-2.0
package io.taskscope.agent;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Label;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.ReturnInstruction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A method of the JDK and what is put into it. Only calls are added, and no jumps: what the method
 * does and how is left alone.
 *
 * @param feature what it is needed for
 * @param owner the class, as {@code java/lang/Thread}
 * @param method its name
 * @param descriptor its descriptor; null where only one method of that name is private and static
 * @param edit what is put in
 */
record HookPoint(
    Feature feature, String owner, String method, @Nullable String descriptor, Edit edit) {

  /** Code that is put in at some places of a method. */
  interface Edit {
    /** Before the first instruction. */
    default boolean atEntry(CodeBuilder code) {
      return false;
    }

    /** Before every return. */
    default boolean atReturn(CodeBuilder code) {
      return false;
    }

    /** Before a call. */
    default boolean before(CodeBuilder code, InvokeInstruction call) {
      return false;
    }

    /** After a call that returned. */
    default boolean after(CodeBuilder code, InvokeInstruction call) {
      return false;
    }

    /**
     * When something is thrown out of the method, which goes on after this; the throwable is on the
     * stack and must stay there.
     */
    default boolean onThrow(CodeBuilder code) {
      return false;
    }
  }

  boolean matches(MethodModel candidate) {
    return candidate.methodName().equalsString(method)
        && candidate.code().isPresent()
        && (descriptor == null
            ? (candidate.flags().flagsMask() & 0x000A) == 0x000A // private static
                && candidate.methodTypeSymbol().parameterCount() == 1
            : candidate.methodType().equalsString(descriptor));
  }

  /** What is missing when it is, for people. */
  String describe() {
    return owner.replace('/', '.') + "." + method;
  }

  /**
   * Puts the code in.
   *
   * @param done is told of each place where it was put in
   */
  CodeTransform transform(Consumer<HookPoint> done) {
    return new Weaver(edit, () -> done.accept(this));
  }

  private static final class Weaver implements CodeTransform {
    private final Edit edit;
    private final Runnable done;
    private @Nullable Label start;

    Weaver(Edit edit, Runnable done) {
      this.edit = edit;
      this.done = done;
    }

    private void note(boolean put) {
      if (put) {
        done.run();
      }
    }

    @Override
    public void atStart(CodeBuilder code) {
      start = code.newBoundLabel();
      note(edit.atEntry(code));
    }

    @Override
    public void accept(CodeBuilder code, CodeElement element) {
      switch (element) {
        case ReturnInstruction end -> {
          note(edit.atReturn(code));
          code.with(end);
        }
        case InvokeInstruction call -> {
          note(edit.before(code, call));
          code.with(call);
          note(edit.after(code, call));
        }
        default -> code.with(element);
      }
    }

    @Override
    public void atEnd(CodeBuilder code) {
      Label from = start;
      Label handler = code.newLabel();
      Label end = code.newLabel();
      if (from != null) {
        code.labelBinding(end);
        code.labelBinding(handler);
        if (edit.onThrow(code)) {
          done.run();
          code.athrow();
          code.exceptionCatchAll(from, end, handler); // last, so that the method's own come first
        }
      }
    }
  }
}
