// SPDX-License-Identifier: Apache-2.0
package io.taskscope.jfr;

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
  @Label("Hook")
  @Description("The class of the hook")
  @Nullable String hook;

  @Label("Method")
  @Description("The method of TaskHook or StepHook that has thrown")
  @Nullable String method;

  @Label("Quarantined")
  @Description(
      "Whether this was one failure too many in a row, so that the hook is not called again")
  boolean quarantined;

  @Label("Error Class")
  @Description("The class of what was thrown")
  @Nullable Class<?> errorClass;

  @Label("Message")
  @Description("The message of what was thrown, at most 200 characters")
  @Nullable String message;

  @Label("Stack")
  @Description(
      "Where it was thrown, one frame per line, innermost first, at most "
          + StackText.MAX_FRAMES
          + " frames")
  @Nullable String stack;
}
