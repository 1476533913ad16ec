// SPDX-License-Identifier: Apache-2.0
package io.taskscope.jfr;

import static io.taskscope.jfr.JfrEventName.STATUS;
import static io.taskscope.jfr.JfrEventName.TASK;
import static io.taskscope.jfr.JfrEventName.TASK_MONITOR_WAIT;
import static io.taskscope.jfr.JfrEventName.TASK_PARK;
import static io.taskscope.jfr.JfrEventName.TASK_STEP;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskscope.Task;
import io.taskscope.TaskScope;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import jdk.jfr.consumer.EventStream;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordingFile;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openjdk.jmc.common.item.Attribute;
import org.openjdk.jmc.common.item.IAttribute;
import org.openjdk.jmc.common.item.IItem;
import org.openjdk.jmc.common.item.IItemCollection;
import org.openjdk.jmc.common.item.IItemIterable;
import org.openjdk.jmc.common.item.ItemFilters;
import org.openjdk.jmc.common.item.ItemToolkit;
import org.openjdk.jmc.common.unit.IQuantity;
import org.openjdk.jmc.common.unit.UnitLookup;
import org.openjdk.jmc.flightrecorder.JfrAttributes;
import org.openjdk.jmc.flightrecorder.JfrLoaderToolkit;

/**
 * A workload whose true numbers are known, with the real agent, recorded and read back: with the
 * JDK's reader, with that of JDK Mission Control, and as a person with the {@code jfr} tool.
 */
@Timeout(120)
class AgentRecordingIT extends JfrTestBase {
  private static final int SLEEPS = 20;
  private static final int PARKS = 10;
  private static final int WAITS = 5;
  private static final int YIELDS = 100;

  private final Map<String, Task<Long>> tasks = new TreeMap<>();
  private TestRecording recording;
  private Path file;

  /** Each returns how long it waited, by its own clock. */
  @BeforeEach
  void record() throws Exception {
    recording = TestRecording.with(RecordingSettings.PROFILE.withThoseOfTheJdk());
    TaskScope scope = root("scripted").child("work");
    tasks.put("sleep", scope.spawn("sleep", () -> waited(SLEEPS, () -> Thread.sleep(20))));
    tasks.put(
        "park",
        scope.spawn("park", () -> waited(PARKS, () -> LockSupport.parkNanos(this, 30_000_000))));
    tasks.put("wait", scope.spawn("wait", () -> waited(WAITS, AgentRecordingIT::waitOnce)));
    tasks.put("yield", scope.spawn("yield", () -> waited(YIELDS, Thread::yield)));
    tasks.put("enter", enter(scope));
    scope.join();
    file = recording.stop();
  }

  @AfterEach
  void discard() {
    recording.close();
  }

  private interface Wait {
    void once() throws Exception;
  }

  private static long waited(int times, Wait wait) throws Exception {
    long start = System.nanoTime();
    for (int i = 0; i < times; i++) {
      wait.once();
    }
    return System.nanoTime() - start;
  }

  @SuppressWarnings("WaitNotInLoop") // it is the wait that matters
  private static void waitOnce() throws InterruptedException {
    Object monitor = new Object();
    synchronized (monitor) {
      monitor.wait(40);
    }
  }

  private Task<Long> enter(TaskScope scope) throws InterruptedException {
    Object monitor = new Object();
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch contended = latch();
    Thread.ofPlatform()
        .start(
            () -> {
              synchronized (monitor) {
                held.countDown();
                awaitStubbornly(contended);
                LockSupport.parkNanos(100_000_000);
              }
            });
    held.await();
    return scope.spawn(
        "enter",
        () -> {
          contended.countDown();
          return waited(
              1,
              () -> {
                synchronized (monitor) {
                  assertThat(Thread.holdsLock(monitor)).isTrue();
                }
              });
        });
  }

  @Test
  void tasks_inTheRecording_areAsTheTreeMeasuredThem() {
    for (RecordedEvent event : of(TASK)) {
      Task<Long> task = tasks.get(event.getString("name"));
      assertThat(event.getLong("steps")).isEqualTo(task.times().steps());
      assertThat(event.getLong("parks")).isEqualTo(task.times().parks());
      assertThat(event.getDuration("parked")).isEqualTo(task.times().parked());
      assertThat(event.getDuration("running")).isEqualTo(task.times().running());
      assertThat(event.getDuration("queued")).isEqualTo(task.times().queued());
    }
    assertThat(of(TASK)).hasSize(tasks.size());
  }

  @Test
  void parks_ofEachTask_areExactInNumberAndWithinTwoPercentInTime() throws Exception {
    assertWaits("sleep", TASK_PARK, "sleep", SLEEPS);
    assertWaits("park", TASK_PARK, "timed_park", PARKS);
    assertWaits("wait", TASK_MONITOR_WAIT, "object_wait", WAITS);
    assertWaits("enter", TASK_MONITOR_WAIT, "monitor_enter", 1);
  }

  private void assertWaits(String name, JfrEventName type, String reason, int count)
      throws Exception {
    Task<Long> task = tasks.get(name);
    List<RecordedEvent> waits =
        of(type, task).stream().filter(e -> e.getString("reason").equals(reason)).toList();

    assertThat(waits).as(name).hasSize(count);
    long nanos = waits.stream().mapToLong(e -> e.getDuration().toNanos()).sum();
    long queued = waits.stream().mapToLong(e -> e.getLong("queued")).sum();
    assertThat(nanos)
        .isCloseTo(task.times().parked().toNanos(), Percentage.withPercentage(2))
        .isLessThanOrEqualTo(task.get());
    // What its own clock saw is the waits, the queueing after them, and what it ran between them.
    assertThat(nanos + queued + task.times().running().toNanos())
        .isGreaterThanOrEqualTo(task.get() * 98 / 100);
  }

  @Test
  void steps_ofEachTask_areAllThere() {
    for (Task<Long> task : tasks.values()) {
      List<RecordedEvent> steps = of(TASK_STEP, task);

      assertThat(steps).as(task.name()).hasSize((int) task.times().steps());
      assertThat(steps.stream().map(e -> e.getLong("step")).sorted())
          .containsExactlyElementsOf(LongStream.rangeClosed(1, steps.size()).boxed().toList());
      assertThat(steps).filteredOn(e -> e.getString("reason").equals("end")).hasSize(1);
      long ran = steps.stream().mapToLong(e -> e.getDuration().toNanos()).sum();
      assertThat(ran).isCloseTo(task.times().running().toNanos(), Percentage.withPercentage(2));
    }
    assertThat(of(TASK_STEP, tasks.get("yield")))
        .filteredOn(e -> e.getString("reason").equals("yield"))
        .hasSize(YIELDS);
  }

  @Test
  void stackOfAPark_isThatOfTheTaskWhichWaited() {
    for (RecordedEvent event : of(TASK_PARK, tasks.get("park"))) {
      assertThat(methods(event)).contains("io.taskscope.jfr.AgentRecordingIT.waited");
      assertThat(event.getClass("blocker").getName()).isEqualTo(AgentRecordingIT.class.getName());
      assertThat(event.getThread().getJavaName()).isNotNull();
      assertThat(event.getThread().isVirtual()).isTrue();
    }
    for (RecordedEvent event : of(TASK_PARK, tasks.get("sleep"))) {
      assertThat(methods(event)).contains("java.lang.Thread.sleep");
      assertThat(event.getClass("blocker")).isNull();
    }
    for (String name : List.of("wait", "enter")) {
      assertThat(of(TASK_MONITOR_WAIT, tasks.get(name)))
          .allSatisfy(event -> assertThat(event.getStackTrace()).isNull());
    }
  }

  @Test
  void status_tellsOfTheAgentAndThatNothingWasDropped() throws Exception {
    List<RecordedEvent> status =
        RecordingFile.readAllEvents(file).stream()
            .filter(e -> e.getEventType().getName().equals(STATUS.eventName()))
            .toList();
    assertThat(status)
        .isNotEmpty()
        .allSatisfy(e -> assertThat(e.getString("agent")).isEqualTo("on"))
        .allSatisfy(e -> assertThat(e.getLong("eventsDropped")).isZero());
  }

  @Test
  void jmc_readingTheSameFile_agrees() throws Exception {
    IItemCollection items = JfrLoaderToolkit.loadEvents(file.toFile());
    for (JfrEventName type : List.of(TASK, TASK_STEP, TASK_PARK, TASK_MONITOR_WAIT)) {
      List<RecordedEvent> ours = of(type);
      List<IItem> theirs = new ArrayList<>();
      IAttribute<String> path = Attribute.attr("scopePath", "", UnitLookup.PLAIN_TEXT);
      long nanos = 0;
      for (IItemIterable iterable : items.apply(ItemFilters.type(type.eventName()))) {
        for (IItem item : iterable) {
          String at = path.getAccessor(ItemToolkit.getItemType(item)).getMember(item);
          if (at.startsWith("/scripted")) {
            theirs.add(item);
            IQuantity duration =
                JfrAttributes.DURATION.getAccessor(ItemToolkit.getItemType(item)).getMember(item);
            nanos += duration.clampedLongValueIn(UnitLookup.NANOSECOND);
          }
        }
      }
      assertThat(theirs).as(type.eventName()).hasSameSizeAs(ours).isNotEmpty();
      assertThat(nanos)
          .as(type.eventName())
          .isCloseTo(
              ours.stream().mapToLong(e -> e.getDuration().toNanos()).sum(),
              Percentage.withPercentage(0.1));
    }
  }

  @Test
  void jfrTool_printingParks_showsTheirContext() throws Exception {
    String parks = JfrTool.run("print", "--events", "taskscope.TaskPark", file.toString());
    assertThat(parks)
        .contains(
            "Context: Task.scopePath = \"/scripted/work\"",
            "Context: Task.name = \"park\"",
            "reason = \"timed_park\"",
            "blocker = io.taskscope.jfr.AgentRecordingIT");
    for (String view : List.of("TaskPark", "TaskStep", "TaskMonitorWait", "Task")) {
      assertThat(JfrTool.run("view", "--width", "400", view, file.toString()))
          .contains("/scripted/work");
    }
    assertThat(JfrTool.run("summary", file.toString()))
        .containsPattern("taskscope.TaskPark\\s+[1-9]")
        .containsPattern("taskscope.TaskStep\\s+[1-9]");
  }

  @Test
  void view_ofTheFile_hasTheSameNumbers() throws Exception {
    try (TaskscopeStream stream = TaskscopeStream.of(EventStream.openFile(file))) {
      stream.start();
      PathActivity work = stream.view().find("/scripted/work").orElseThrow();

      assertThat(work.finished().success()).isEqualTo(tasks.size());
      assertThat(work.steps())
          .isEqualTo(tasks.values().stream().mapToLong(task -> task.times().steps()).sum());
      assertThat(work.parks())
          .isEqualTo(tasks.values().stream().mapToLong(task -> task.times().parks()).sum());
      assertThat(work.of(JdkActivity.LOCK).count()).isEqualTo(1);
      assertThat(work.of(JdkActivity.PARK).count()).isGreaterThanOrEqualTo(SLEEPS + PARKS + WAITS);
      assertThat(stream.view().agent()).isEqualTo("on");
    }
  }

  private List<RecordedEvent> of(JfrEventName type) {
    return TestRecording.read(file, type, "/scripted");
  }

  private List<RecordedEvent> of(JfrEventName type, Task<Long> task) {
    return of(type).stream().filter(e -> e.getLong("taskId") == task.id()).toList();
  }

  private static List<String> methods(RecordedEvent event) {
    return event.getStackTrace().getFrames().stream()
        .map(
            frame -> {
              RecordedMethod method = frame.getMethod();
              return method.getType().getName() + "." + method.getName();
            })
        .toList();
  }
}
