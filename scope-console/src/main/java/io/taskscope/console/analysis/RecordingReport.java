// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.analysis;

import io.taskscope.console.recording.Coverage;
import io.taskscope.console.recording.RecordingException;
import io.taskscope.console.recording.RecordingReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * All that is known of a recording after it has been read once.
 *
 * @param file that was read
 * @param coverage what was read of it
 * @param environment who wrote it, and with which settings
 * @param ourEvents the number of events of Taskscope
 * @param scopes the totals of each path, by path
 * @param noTask what belongs to no known task
 * @param findings the most severe first
 * @param unknowns what it does not know, the serious first
 * @param liveTasks tasks that had not ended, the oldest first, at most 200
 * @param parks where tasks waited, the longest in all first, at most 200
 * @param shutdowns the phases of shutdowns in the order in which they ended, at most 2 000
 * @param abandoned tasks that were given up, at most 500
 * @param cpu trees of samples by path
 * @param allocation trees of allocated bytes by path
 * @param parked trees of parked nanoseconds by path
 */
public record RecordingReport(
    Path file,
    Coverage coverage,
    Environment environment,
    long ourEvents,
    List<ScopeTotals> scopes,
    ScopeTotals noTask,
    List<RecordingFinding> findings,
    List<Unknown> unknowns,
    List<TaskRecord> liveTasks,
    List<ParkGroup> parks,
    List<ShutdownPhaseRecord> shutdowns,
    List<AbandonedTask> abandoned,
    Map<String, FlameNode> cpu,
    Map<String, FlameNode> allocation,
    Map<String, FlameNode> parked) {
  private static final int MAX_PARK_GROUPS = 200;

  /**
   * Reads a recording.
   *
   * @param file to read
   * @param opened is told of the reader before it begins, to show its progress
   * @return the report
   * @throws RecordingException if the file is no recording or cannot be read
   * @throws IOException if reading fails
   */
  public static RecordingReport read(Path file, Consumer<RecordingReader> opened)
      throws IOException {
    try (RecordingReader reader = RecordingReader.open(file)) {
      opened.accept(reader);
      Analyzer analyzer = new Analyzer(reader.names(), reader.startNanos(), reader.endNanos());
      Coverage coverage = reader.read(analyzer);
      return of(file, coverage, analyzer, reader);
    }
  }

  private static RecordingReport of(
      Path file, Coverage coverage, Analyzer analyzer, RecordingReader reader) {
    analyzer.tasks.finish();
    ScopeTable scopes = analyzer.scopes;
    List<Unknown> unknowns = Unknowns.of(coverage, analyzer, reader.names());
    List<ParkGroup> parks = analyzer.tasks.parks.longest(MAX_PARK_GROUPS);
    return new RecordingReport(
        file,
        coverage,
        analyzer.environment,
        analyzer.ourEvents,
        scopes.sorted(),
        scopes.noTask,
        new Findings(analyzer, parks, unknowns, coverage).all(),
        unknowns,
        analyzer.tasks.liveTasks(),
        parks,
        List.copyOf(analyzer.shutdowns),
        analyzer.abandonedTasks(),
        Flames.of(analyzer.threads.cpuWeights(), scopes, analyzer.stacks, reader.names()),
        Flames.of(analyzer.threads.allocation, scopes, analyzer.stacks, reader.names()),
        Flames.of(analyzer.tasks.parkWeights, scopes, analyzer.stacks, reader.names()));
  }

  /** {@return how long the recording lasted, in nanoseconds} */
  public long durationNanos() {
    return coverage.endNanos() - coverage.startNanos();
  }

  /** {@return the kind of event that processor time was sampled with; empty for none} */
  public String cpuEvent() {
    boolean better = scopes.stream().anyMatch(scope -> scope.cpuTimeSamples > 0);
    return better || noTask.cpuTimeSamples > 0
        ? "jdk.CPUTimeSample"
        : noTask.cpuSamples > 0 || !cpu.isEmpty() ? "jdk.ExecutionSample" : "";
  }
}
