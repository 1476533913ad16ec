// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.analysis;

/** The tasks of one name in one scope. */
public final class NameTotals {
  private final String name;
  final Histogram durations = new Histogram();
  long failures;
  long queued;
  long running;
  long parked;

  NameTotals(String name) {
    this.name = name;
  }

  /** {@return the name of the tasks} */
  public String name() {
    return name;
  }

  /** {@return how long they took} */
  public Histogram durations() {
    return durations;
  }

  /** {@return how many failed} */
  public long failures() {
    return failures;
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
}
