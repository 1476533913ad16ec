// SPDX-License-Identifier: Apache-2.0
package io.taskscope.testing;

import io.taskscope.ShutdownReport;
import io.taskscope.ShutdownReport.Result;
import java.util.List;

/** Assertions about a shutdown; see {@link TreeAssertions}. */
public final class ReportAssert {
  private final ShutdownReport report;

  ReportAssert(ShutdownReport report) {
    this.report = report;
  }

  /** Every task ended by itself and every resource closed. */
  public ReportAssert isClean() {
    return hasResult(Result.CLEAN);
  }

  /** The worst that happened in the tree is this. */
  public ReportAssert hasResult(Result result) {
    return check(
        report.result() == result,
        "the result should be %s, but is %s".formatted(result, report.result()));
  }

  /** Exactly these scopes closed, in this order. */
  public ReportAssert closedInOrder(String... paths) {
    List<String> actual = report.all().stream().map(ShutdownReport::path).toList();
    return check(
        actual.equals(List.of(paths)),
        "scopes should have closed as %s, but did as %s".formatted(List.of(paths), actual));
  }

  /** Exactly these tasks were given up; the order does not matter. */
  public ReportAssert abandoned(String... names) {
    List<String> actual =
        report.abandoned().stream().map(ShutdownReport.AbandonedTask::name).sorted().toList();
    List<String> wanted = List.of(names).stream().sorted().toList();
    return check(
        actual.equals(wanted),
        "the abandoned tasks should be %s, but are %s".formatted(wanted, actual));
  }

  /** A resource of this name was closed, in time and without an error. */
  public ReportAssert closedResource(String name) {
    boolean closed =
        report.all().stream()
            .flatMap(scope -> scope.resources().stream())
            .anyMatch(
                resource ->
                    resource.name().equals(name)
                        && resource.error() == null
                        && !resource.timedOut());
    return check(closed, "no resource \"" + name + "\" was closed without trouble");
  }

  private ReportAssert check(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise + System.lineSeparator() + report);
    }
    return this;
  }
}
