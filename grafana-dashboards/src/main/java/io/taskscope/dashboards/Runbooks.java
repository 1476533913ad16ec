// SPDX-License-Identifier: Apache-2.0
package io.taskscope.dashboards;

/** Where the runbooks are. */
final class Runbooks {
  /** A page of the name of each alert lies there; the alert rules have it too. */
  static final String BASE = "https://github.com/taskscope/taskscope/blob/main/docs/runbooks/";

  private Runbooks() {}
}
