// SPDX-License-Identifier: Apache-2.0
package io.taskscope.jfr;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import jdk.jfr.consumer.EventStream;
import jdk.jfr.consumer.RecordingStream;

/**
 * Follows a running recording, of this JVM or of another process, and keeps the tree of its scopes
 * from the events alone: which tasks live, how they ended, and what CPU, memory, locks and I/O the
 * JDK's own events say they used, by scope path.
 *
 * <pre>{@code
 * try (TaskscopeStream stream = TaskscopeStream.ofThisJvm()) {
 *   stream.onUpdate(view -> view.find("/web/app-a/handlers").ifPresent(this::show));
 *   stream.startAsync();
 *   ...
 * }
 * }</pre>
 *
 * <p>Events come about a second late. The memory it takes is bounded; what is beyond the bounds is
 * counted in {@link StreamView#losses()}. Thread-safe.
 */
public final class TaskscopeStream implements AutoCloseable {
  private final EventStream events;
  private final StreamTree tree;

  private TaskscopeStream(EventStream events, StreamTree tree) {
    this.events = events;
    this.tree = tree;
    events.onEvent(tree::accept);
  }

  /**
   * Of this JVM, with the settings of {@link RecordingSettings#PRODUCTION} and those of the JDK
   * below them. {@link JfrEvents#install} has to be called as well.
   */
  public static TaskscopeStream ofThisJvm() {
    return ofThisJvm(RecordingSettings.PRODUCTION.withThoseOfTheJdk());
  }

  /**
   * Of this JVM.
   *
   * @param settings such as {@code jdk.CPUTimeSample#enabled}; the events that tell which task a
   *     thread is in are enabled in any case
   */
  public static TaskscopeStream ofThisJvm(Map<String, String> settings) {
    RecordingStream stream = new RecordingStream();
    stream.setSettings(settingsForTheTree(settings));
    return new TaskscopeStream(stream, new StreamTree(StreamTree.Limits.DEFAULT));
  }

  private static Map<String, String> settingsForTheTree(Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(settings);
    for (JfrEventName event :
        new JfrEventName[] {
          JfrEventName.TASK,
          JfrEventName.TASK_START,
          JfrEventName.TASK_LIVE,
          JfrEventName.TASK_ABANDONED,
          JfrEventName.SCOPE,
          JfrEventName.STATUS
        }) {
      all.put(event.eventName() + "#enabled", "true");
    }
    all.put(JfrEventName.TASK.eventName() + "#threshold", "0 ns"); // a start needs its end
    all.put(JfrEventName.TASK_LIVE.eventName() + "#period", "beginChunk");
    return all;
  }

  /**
   * Of another process on this machine that records, without attaching to it. What is recorded is
   * up to the settings there: the tree needs {@code taskscope.TaskStart}, and {@code
   * taskscope.Task} without threshold.
   *
   * @param repository the directory of the process below the recorder's repository, which {@code
   *     jcmd PID JFR.configure} prints; the newest chunk there is read from its beginning
   * @throws IllegalArgumentException if there is no chunk in that directory
   * @throws IOException if it cannot be read
   */
  public static TaskscopeStream ofRepository(Path repository) throws IOException {
    EventStream stream = EventStream.openRepository(repository);
    try {
      stream.setStartTime(Repository.startOfNewestChunk(repository));
    } catch (IOException | RuntimeException e) {
      stream.close();
      throw e;
    }
    return new TaskscopeStream(stream, new StreamTree(StreamTree.Limits.DEFAULT));
  }

  /**
   * Of events from anywhere, such as {@code EventStream.openFile} or a {@code
   * RemoteRecordingStream}; the stream is closed with this one.
   */
  public static TaskscopeStream of(EventStream events) {
    return of(events, StreamTree.Limits.DEFAULT);
  }

  static TaskscopeStream of(EventStream events, StreamTree.Limits limits) {
    return new TaskscopeStream(events, new StreamTree(limits));
  }

  /**
   * Has someone shown the tree whenever new events have come, about once a second, on the thread of
   * the stream. Before the start only.
   */
  public TaskscopeStream onUpdate(Consumer<StreamView> listener) {
    events.onFlush(() -> listener.accept(tree.view()));
    return this;
  }

  /** Begins to read, on a thread of its own. */
  public void startAsync() {
    events.startAsync();
  }

  /** Reads on this thread until the events end or {@link #close} is called. */
  public void start() {
    events.start();
  }

  /** Waits until the events have ended, or that time has passed. */
  public void awaitEnd(Duration within) throws InterruptedException {
    events.awaitTermination(within);
  }

  /** The tree as it is known now. */
  public StreamView view() {
    return tree.view();
  }

  /** Ends the stream, and the recording behind it if it is of this JVM. */
  @Override
  public void close() {
    events.close();
  }
}
