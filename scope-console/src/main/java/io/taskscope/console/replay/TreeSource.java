// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.replay;

import java.io.IOException;

/** Something that knows the tree at points in time. Not thread-safe unless said otherwise. */
public interface TreeSource {
  /** {@return the first point in time that is known, in nanoseconds since 1970} */
  long startNanos();

  /** {@return the last point in time that is known, in nanoseconds since 1970} */
  long endNanos();

  /**
   * {@return the tree at a point in time}
   *
   * @param nanos since 1970, within the known time
   * @throws IOException if it cannot be read
   */
  TreeAt at(long nanos) throws IOException;
}
