// SPDX-License-Identifier: Apache-2.0
package io.taskscope.testing;

import io.taskscope.ShutdownReport;
import io.taskscope.view.ScopeView;
import io.taskscope.view.Snapshot;

/**
 * Assertions about trees and reports. They throw an {@link AssertionError} whose message shows the
 * whole tree or report.
 *
 * <pre>{@code
 * assertThat(web.snapshot()).hasScope("/web/app-a").hasLive("/web/app-a/handlers", 2);
 * assertThat(web.shutdown(ofSeconds(5))).isClean();
 * }</pre>
 */
public final class TreeAssertions {
  private TreeAssertions() {}

  /** About a tree. */
  public static TreeAssert assertThat(Snapshot snapshot) {
    return new TreeAssert(snapshot.scope());
  }

  /** About a scope and, unless it was asked alone, what is below it. */
  public static TreeAssert assertThat(ScopeView scope) {
    return new TreeAssert(scope);
  }

  /** About a shutdown. */
  public static ReportAssert assertThat(ShutdownReport report) {
    return new ReportAssert(report);
  }
}
