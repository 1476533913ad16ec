// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.recording;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.openjdk.jmc.common.IMCFrame;
import org.openjdk.jmc.common.IMCMethod;
import org.openjdk.jmc.common.IMCStackTrace;
import org.openjdk.jmc.common.IMCThread;
import org.openjdk.jmc.common.IMCType;
import org.openjdk.jmc.common.item.IAccessorKey;
import org.openjdk.jmc.common.item.IItem;
import org.openjdk.jmc.common.item.IItemIterable;
import org.openjdk.jmc.common.item.IMemberAccessor;
import org.openjdk.jmc.common.item.IType;
import org.openjdk.jmc.common.unit.IQuantity;
import org.openjdk.jmc.common.unit.IUnit;
import org.openjdk.jmc.common.unit.UnitLookup;
import org.openjdk.jmc.flightrecorder.JfrAttributes;
import org.openjdk.jmc.flightrecorder.JfrLoaderToolkit;

/** The parser of JDK Mission Control, for {@link Agreement}. */
final class MissionControl {
  private MissionControl() {}

  /** Reads a file, without what Mission Control adds to events of the JDK. */
  static void read(Path file, Agreement agreement) throws Exception {
    for (IItemIterable items : JfrLoaderToolkit.loadEvents(List.of(file.toFile()), List.of())) {
      IType<IItem> type = items.getType();
      EventKind kind = EventKind.of(type.getIdentifier());
      for (IItem item : items) {
        agreement.count(type.getIdentifier());
        if (kind != null) {
          agreement.compare(
              line(kind, type, item),
              number(JfrAttributes.START_TIME.getAccessor(type), item, UnitLookup.EPOCH_NS),
              number(JfrAttributes.DURATION.getAccessor(type), item, UnitLookup.NANOSECOND));
        }
      }
    }
  }

  private static String line(EventKind kind, IType<IItem> type, IItem item) {
    StringBuilder line = new StringBuilder(kind.eventName());
    Object thread = value(type, item, "sampledThread");
    if (thread == null) {
      thread = value(type, item, "eventThread");
    }
    line.append(" @").append(thread == null ? 0 : ((IMCThread) thread).getThreadId());
    if (value(type, item, "stackTrace") instanceof IMCStackTrace stack) {
      for (IMCFrame frame : stack.getFrames()) {
        IMCMethod method = frame.getMethod();
        line.append(' ').append(method.getType().getFullName());
        line.append('.').append(method.getMethodName()).append(':');
        line.append(frame.getFrameLineNumber());
      }
    }
    for (String field : kind.fields()) {
      line.append(' ').append(field).append('=').append(text(value(type, item, field)));
    }
    return line.toString();
  }

  private static String text(Object value) {
    return switch (value) {
      case null -> "";
      case IMCType type -> type.getFullName();
      case Boolean flag -> flag ? "1" : "0";
      case IQuantity time when time.getType() == UnitLookup.TIMESPAN ->
          Long.toString(time.clampedLongValueIn(UnitLookup.NANOSECOND));
      case IQuantity number -> Long.toString(number.longValue());
      default -> value.toString();
    };
  }

  private static Object value(IType<IItem> type, IItem item, String field) {
    for (IAccessorKey<?> key : type.getAccessorKeys().keySet()) {
      if (key.getIdentifier().equals(field)) {
        return Objects.requireNonNull(type.getAccessor(key), field).getMember(item);
      }
    }
    return null;
  }

  private static long number(IMemberAccessor<IQuantity, IItem> accessor, IItem item, IUnit unit) {
    return accessor == null ? 0 : accessor.getMember(item).clampedLongValueIn(unit);
  }
}
