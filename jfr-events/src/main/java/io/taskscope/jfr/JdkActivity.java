// SPDX-License-Identifier: Apache-2.0
package io.taskscope.jfr;

import java.util.Locale;

/** What the JDK's own events, joined to scopes, tell about the tasks there. */
public enum JdkActivity {
  /**
   * Samples on a processor: {@code jdk.CPUTimeSample}, whose time is the CPU time they stand for,
   * or {@code jdk.ExecutionSample}, without time. Where both are recorded, the first is taken.
   */
  CPU,
  /**
   * Allocation, from {@code jdk.ObjectAllocationSample}: the bytes are what the samples stand for.
   */
  ALLOCATION,
  /**
   * Waits to enter {@code synchronized}: {@code jdk.JavaMonitorEnter}, which is about platform
   * threads only, and {@code taskscope.TaskMonitorWait}.
   */
  LOCK,
  /**
   * Other waits as the JDK sees them, on platform threads mainly: {@code jdk.ThreadPark}, {@code
   * jdk.ThreadSleep} and {@code jdk.JavaMonitorWait}.
   */
  WAIT,
  /** Waits as the agent sees them: {@code taskscope.TaskPark}, and {@code Object.wait}. */
  PARK,
  /** {@code jdk.SocketRead}. */
  SOCKET_READ,
  /** {@code jdk.SocketWrite}. */
  SOCKET_WRITE,
  /** {@code jdk.FileRead}. */
  FILE_READ,
  /** {@code jdk.FileWrite} and {@code jdk.FileForce}. */
  FILE_WRITE,
  /**
   * {@code jdk.JavaExceptionThrow} and {@code jdk.JavaErrorThrow}. JDK 25 writes them with the time
   * at which their chunk began, so that they are unattributed there.
   */
  EXCEPTION,
  /** {@code jdk.VirtualThreadPinned}. */
  PINNED;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The value of a label or attribute in telemetry: the name in lower case. */
  public String label() {
    return label;
  }

  /**
   * How much there was.
   *
   * @param count events
   * @param nanos what they took or stand for; 0 for events without a time
   * @param bytes what they moved or stand for; 0 for events without bytes
   */
  public record Amount(long count, long nanos, long bytes) {
    /** Nothing. */
    public static final Amount NONE = new Amount(0, 0, 0);

    /** Both together. */
    public Amount plus(Amount other) {
      return new Amount(count + other.count, nanos + other.nanos, bytes + other.bytes);
    }
  }
}
