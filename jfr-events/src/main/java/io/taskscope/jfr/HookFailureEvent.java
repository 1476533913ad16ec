// SPDX-License-Identifier: Apache-2.0
package io.taskscope.jfr;

import io.taskscope.hook.HookFailure;
import java.util.List;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Throttle;
import org.jspecify.annotations.Nullable;

/** Has the stack of the error as text: that of the thread that commits may be another one. */
@Name(JfrEventName.Literal.HOOK_FAILURE)
@Label("Hook Failure")
@Description("A hook has thrown; the task it was told of did not notice")
@Category(JfrEventName.Literal.CATEGORY)
@Throttle("100/s")
@StackTrace(false)
final class HookFailureEvent extends Event {
  private static final int MOST_CHARACTERS = 200;

  @Label("Hook")
  @Description("The class of the hook")
  @Nullable String hook;

  @Label("Method")
  @Description("The method of TaskHook or StepHook that has thrown")
  @Nullable String method;

  @Label("Count")
  @Description("How many failures in a row this stands for; more than 1 only in steps")
  long count;

  @Label("Quarantined")
  @Description(
      "Whether this was one failure too many in a row, so that the hook is not called again")
  boolean quarantined;

  @Label("Error Class")
  @Description("The class of what was thrown")
  @Nullable Class<?> errorClass;

  @Label("Message")
  @Description("The message of what was thrown, at most " + MOST_CHARACTERS + " characters")
  @Nullable String message;

  @Label("Stack")
  @Description(
      "Where it was thrown, one frame per line, innermost first, at most "
          + StackText.MAX_FRAMES
          + " frames")
  @Nullable String stack;

  void fill(HookFailure failure) {
    Throwable error = failure.error();
    hook = failure.hook();
    method = failure.method();
    count = failure.count();
    quarantined = failure.quarantined();
    errorClass = error.getClass();
    message = cut(error.getMessage());
    stack = StackText.of(List.of(error.getStackTrace()));
  }

  private static @Nullable String cut(@Nullable String text) {
    return text == null || text.length() <= MOST_CHARACTERS
        ? text
        : text.substring(0, MOST_CHARACTERS);
  }
}
