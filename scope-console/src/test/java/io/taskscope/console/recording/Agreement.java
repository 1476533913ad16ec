// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import jdk.jfr.EventType;
import jdk.jfr.Timespan;
import jdk.jfr.ValueDescriptor;
import jdk.jfr.consumer.RecordedClass;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;

/**
 * Reads a file with our reader and with another, and compares all that ours has: the number of
 * events of each type; of each event of a known kind its times, thread, stack with lines, and
 * fields.
 */
public final class Agreement {
  /** Reads a file otherwise than ours. */
  interface Other {
    /**
     * Tells every event: the name of its type, and for those of a known kind what {@link #line}
     * gives.
     */
    void read(Path file, Agreement agreement) throws Exception;
  }

  private final Map<String, Map<String, ValueDescriptor>> fields = new HashMap<>();

  private final Map<String, Times> ours = new HashMap<>();
  private final Map<String, Times> theirs = new HashMap<>();
  private final Map<String, Long> theirCounts = new HashMap<>();
  private long compared;

  private Agreement() {}

  /** Of events that are equal but for their times. */
  private static final class Times {
    // The JDK's reader goes on with the clock of an earlier chunk as long as no type is new; by the
    // header of its own chunk, the time differs by what the clocks have drifted since.
    private static final long DRIFT_NANOS = 1_000_000;

    final List<Long> starts = new ArrayList<>();
    final List<Long> durations = new ArrayList<>();

    void add(long start, long duration) {
      starts.add(start);
      durations.add(duration);
    }

    void assertSame(String event, Times other) {
      assertClose(event, starts, other.starts, DRIFT_NANOS);
      assertClose(event, durations, other.durations, 1); // rounded at another place
    }

    private static void assertClose(
        String event, List<Long> actual, List<Long> expected, long tolerance) {
      assertThat(actual).as(event).hasSameSizeAs(expected);
      Collections.sort(actual);
      Collections.sort(expected);
      for (int i = 0; i < actual.size(); i++) {
        assertThat(actual.get(i)).as(event).isCloseTo(expected.get(i), within(tolerance));
      }
    }
  }

  /** With {@code jdk.jfr.consumer.RecordingFile}; returns how many events were compared in full. */
  public static long assertWithJdk(Path file) throws Exception {
    return assertWith(Agreement::readWithJdk, file);
  }

  /** Returns how many events were compared in full. */
  static long assertWith(Other other, Path file) throws Exception {
    Agreement agreement = new Agreement();
    try (RecordingFile recording = new RecordingFile(file)) {
      for (EventType type : recording.readEventTypes()) {
        Map<String, ValueDescriptor> byName = new HashMap<>();
        type.getFields().forEach(field -> byName.put(field.getName(), field));
        agreement.fields.put(type.getName(), byName);
      }
    }
    other.read(file, agreement);
    Coverage coverage = agreement.readOurs(file);
    assertThat(coverage.complete()).isTrue();
    assertThat(coverage.events()).isEqualTo(agreement.theirCounts);
    agreement.assertSame();
    return agreement.compared;
  }

  private void assertSame() {
    assertThat(difference(ours, theirs))
        .as("only we have; only the JDK: %s", difference(theirs, ours))
        .isEmpty();
    assertThat(difference(theirs, ours)).as("only the JDK has").isEmpty();
    ours.forEach(
        (event, times) -> {
          times.assertSame(event, theirs.get(event));
          compared += times.starts.size();
        });
  }

  private static List<String> difference(Map<String, ?> left, Map<String, ?> right) {
    TreeSet<String> only = new TreeSet<>(left.keySet());
    only.removeAll(right.keySet());
    return only.stream().limit(5).toList();
  }

  /** The other reader has found an event of this type. */
  void count(String event) {
    theirCounts.merge(event, 1L, Long::sum);
  }

  /** The other reader has found an event of a kind that ours knows; times in nanoseconds. */
  void compare(String line, long start, long duration) {
    theirs.computeIfAbsent(line, l -> new Times()).add(start, duration);
  }

  private static void readWithJdk(Path file, Agreement agreement) throws Exception {
    try (RecordingFile recording = new RecordingFile(file)) {
      while (recording.hasMoreEvents()) {
        RecordedEvent event = recording.readEvent();
        String name = event.getEventType().getName();
        agreement.count(name);
        EventKind kind = EventKind.of(name);
        if (kind != null) {
          Instant start = event.getStartTime();
          agreement.compare(
              agreement.line(kind, event),
              start.getEpochSecond() * 1_000_000_000 + start.getNano(),
              event.getDuration().toNanos());
        }
      }
    }
  }

  private String line(EventKind kind, RecordedEvent event) {
    StringBuilder line = new StringBuilder(kind.eventName());
    Map<String, ValueDescriptor> known = fields.get(kind.eventName());
    RecordedThread thread =
        known.containsKey("sampledThread") ? event.getThread("sampledThread") : event.getThread();
    line.append(" @").append(thread == null ? 0 : thread.getId());
    if (known.containsKey("stackTrace") && event.getStackTrace() != null) {
      for (RecordedFrame frame : event.getStackTrace().getFrames()) {
        line.append(' ').append(frame.getMethod().getType().getName());
        line.append('.').append(frame.getMethod().getName()).append(':');
        line.append(frame.getLineNumber());
      }
    }
    for (String field : kind.fields()) {
      line.append(' ').append(field).append('=').append(value(event, known.get(field)));
    }
    return line.toString();
  }

  private static String value(RecordedEvent event, ValueDescriptor field) {
    if (field == null) {
      return "";
    }
    if (field.getAnnotation(Timespan.class) != null) {
      return Long.toString(event.getDuration(field.getName()).toNanos());
    }
    Object value = event.getValue(field.getName());
    return switch (value) {
      case null -> "";
      case RecordedClass type -> ClassNames.readable(type.getName()); // [B is byte[]
      case Boolean flag -> flag ? "1" : "0";
      default -> value.toString();
    };
  }

  private Coverage readOurs(Path file) throws Exception {
    try (RecordingReader reader = RecordingReader.open(file)) {
      return reader.read(
          batch -> {
            for (int i = 0; i < batch.size(); i++) {
              ours.computeIfAbsent(line(batch, i, reader.names()), line -> new Times())
                  .add(batch.get(i, Batch.START), batch.get(i, Batch.DURATION));
            }
          });
    }
  }

  private String line(Batch batch, int i, Names names) {
    EventKind kind = batch.kind(i);
    StringBuilder line = new StringBuilder(kind.eventName());
    line.append(" @").append(batch.get(i, Batch.THREAD));
    Constants constants = batch.constants();
    constants.frames(
        batch.get(i, Batch.STACK),
        (method, at) -> line.append(' ').append(constants.method(method)).append(':').append(at));
    for (String field : kind.fields()) {
      long value = batch.get(i, kind.slot(field));
      line.append(' ').append(field).append('=');
      line.append(text(value, fields.get(kind.eventName()).get(field), constants, names));
    }
    return line.toString();
  }

  private static String text(long value, ValueDescriptor field, Constants constants, Names names) {
    if (field == null) {
      return "";
    }
    return switch (field.getTypeName()) {
      case "java.lang.String" -> names.text(value);
      case "java.lang.Class" -> constants.className(value);
      default -> Long.toString(value);
    };
  }
}
