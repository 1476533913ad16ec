// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.analysis;

import io.taskscope.Outcome;
import io.taskscope.console.recording.Names;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What happened in the scopes of one path, without those below. Times and counts of tasks are those
 * of tasks that ended in the recording. Written by the analysis only, and not any more when there
 * is a report.
 */
public final class ScopeTotals {
  private static final int MAX_ERRORS = 50;
  private static final int MAX_NAMES = 50;
  private static final int MAX_SLOWEST = 40;

  private final int number;
  private final String path;

  long started;
  long live;
  private final Map<Outcome.Kind, Long> finished = new EnumMap<>(Outcome.Kind.class);
  final Histogram durations = new Histogram();
  long queued;
  long running;
  long parked;
  long parkedRecorded;
  long steps;
  long parks;
  long stepsByYield;
  final Tally recordedSteps = new Tally();
  final Tally slowSteps = new Tally();
  long cpuSamples;
  long cpuTimeSamples;
  final Tally allocations = new Tally();
  final Tally locks = new Tally();
  final Tally sockets = new Tally();
  final Tally files = new Tally();
  final Tally pinned = new Tally();
  long exceptions;
  long errorsThrown;
  final Map<String, Tally> parksByReason = new TreeMap<>();
  final Bounded<String, Tally> errors = new Bounded<>(MAX_ERRORS, "(other)", error -> new Tally());
  final Bounded<String, NameTotals> names = new Bounded<>(MAX_NAMES, "(other)", NameTotals::new);
  private final LongMap<Tally> parksByName = new LongMap<>();
  private final LongMap<NameTotals> namesByNumber = new LongMap<>();
  final TopTasks slowest = new TopTasks(MAX_SLOWEST);
  final Occupancy occupancy;
  String state = "";

  ScopeTotals(int number, String path, Occupancy occupancy) {
    this.number = number;
    this.path = path;
    this.occupancy = occupancy;
  }

  /** One more task ended so. */
  void ended(Outcome.Kind kind) {
    finished.merge(kind, 1L, Long::sum);
  }

  /** The recorded parks for a reason, which is given as the number of its name. */
  Tally parksFor(int reason, Names texts) {
    Tally known = parksByName.get(reason);
    if (known == null) {
      known = parksByReason.computeIfAbsent(texts.text(reason), r -> new Tally());
      parksByName.put(reason, known);
    }
    return known;
  }

  NameTotals nameTotals(long name, Names texts) {
    NameTotals known = namesByNumber.get(name);
    if (known == null) {
      known = names.get(texts.text(name));
      if (namesByNumber.size() < 10 * MAX_NAMES) {
        namesByNumber.put(name, known);
      }
    }
    return known;
  }

  int number() {
    return number;
  }

  /** {@return the path} */
  public String path() {
    return path;
  }

  /** {@return the tasks that began in the recording} */
  public long started() {
    return started;
  }

  /** {@return the tasks that had not ended when the recording did} */
  public long live() {
    return live;
  }

  /**
   * {@return the tasks that ended so in the recording}
   *
   * @param kind how
   */
  public long finished(Outcome.Kind kind) {
    return finished.getOrDefault(kind, 0L);
  }

  /** {@return the tasks that ended in the recording} */
  public long finished() {
    return finished.values().stream().mapToLong(Long::longValue).sum();
  }

  /** {@return how long they took, from their creation} */
  public Histogram durations() {
    return durations;
  }

  /** {@return time waiting for a carrier, in nanoseconds} */
  public long queued() {
    return queued;
  }

  /** {@return time on a carrier, in nanoseconds} */
  public long running() {
    return running;
  }

  /** {@return time waiting for something else, in nanoseconds} */
  public long parked() {
    return parked;
  }

  /** {@return queued, running and parked together, in nanoseconds} */
  public long total() {
    return queued + running + parked;
  }

  /** {@return of the parked time, what no recorded park accounts for, in nanoseconds} */
  public long parkedUnrecorded() {
    return Math.max(0, parked - parkedRecorded);
  }

  /** {@return the recorded parks, those of live tasks included, by reason} */
  public Map<String, Tally> parksByReason() {
    return parksByReason;
  }

  /** {@return how often the tasks were put on a carrier; 0 without the agent} */
  public long steps() {
    return steps;
  }

  /** {@return how often they waited; 0 without the agent} */
  public long parks() {
    return parks;
  }

  /** {@return the recorded steps} */
  public Tally recordedSteps() {
    return recordedSteps;
  }

  /** {@return the recorded steps of 100 ms and more} */
  public Tally slowSteps() {
    return slowSteps;
  }

  /** {@return samples of processor time, of the better kind that the recording has} */
  public long cpuSamples() {
    return cpuTimeSamples > 0 ? cpuTimeSamples : cpuSamples;
  }

  /** {@return bytes allocated, as estimated from samples} */
  public long allocatedBytes() {
    return allocations.bytes();
  }

  /** {@return waits for monitors and parks as the JDK tells them: platform threads only} */
  public Tally locks() {
    return locks;
  }

  /** {@return reads and writes of sockets that were long enough to be recorded} */
  public Tally sockets() {
    return sockets;
  }

  /** {@return reads and writes of files that were long enough to be recorded} */
  public Tally files() {
    return files;
  }

  /** {@return waits of virtual threads that held on to their carrier} */
  public Tally pinned() {
    return pinned;
  }

  /** {@return exceptions thrown, caught ones included, where the recording tells} */
  public long exceptions() {
    return Math.max(exceptions, errorsThrown);
  }

  /** {@return failures by class of the error} */
  public Map<String, Tally> errors() {
    return errors.all();
  }

  /** {@return the tasks by name} */
  public Map<String, NameTotals> names() {
    return names.all();
  }

  /** {@return the longest tasks, the longest first} */
  public List<TaskRecord> slowest() {
    return slowest.list();
  }

  /** {@return the mean number of live tasks in equal parts of the recording} */
  public double[] occupancy() {
    return occupancy.averages();
  }

  /** {@return the last known state of its scopes; empty where none was recorded} */
  public String state() {
    return state;
  }
}
