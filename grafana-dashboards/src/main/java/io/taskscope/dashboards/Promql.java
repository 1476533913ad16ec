// SPDX-License-Identifier: Apache-2.0
package io.taskscope.dashboards;

/**
 * The forms of PromQL that all dashboards share. Whatever is selected is selected by the job and,
 * where its series have one, by the instance.
 */
final class Promql {
  /** The scope chosen, and nothing below it. */
  static final String OWN = "scope_path=~\"$scope\"";

  /** The scope chosen and all below it. */
  static final String SUBTREE = "scope_path=~\"$scope(/.*)?\"";

  /** All below the scope chosen, without itself. */
  static final String BELOW = "scope_path=~\"$scope/.+\"";

  /** What counts as an error. */
  static final String FAILED = "outcome=~\"failure|abandoned\"";

  private static final String JOB = "job=~\"$job\"";
  private static final String INSTANCE = "instance=~\"$instance\"";

  private Promql() {}

  /** Series as scraped, or recorded with their instance. */
  static String series(String metric, String... matchers) {
    return select(metric, JOB + ", " + INSTANCE, matchers);
  }

  /** Series recorded over all instances of a job: they have no label for one. */
  static String fleet(String metric, String... matchers) {
    return select(metric, JOB, matchers);
  }

  private static String select(String metric, String first, String... matchers) {
    StringBuilder selector = new StringBuilder(metric).append('{').append(first);
    for (String matcher : matchers) {
      selector.append(", ").append(matcher);
    }
    return selector.append('}').toString();
  }

  /** Per second, over the interval that fits the resolution of the panel. */
  static String rate(String selector) {
    return "rate(%s[$__rate_interval])".formatted(selector);
  }

  /** How much was added in the time that the dashboard shows. */
  static String increase(String selector) {
    return "increase(%s[$__range])".formatted(selector);
  }

  /** The sum by these labels; over all, without any. */
  static String sumBy(String labels, String expression) {
    return "sum%s(%s)".formatted(by(labels), expression);
  }

  /** The greatest by these labels. */
  static String maxBy(String labels, String expression) {
    return "max%s(%s)".formatted(by(labels), expression);
  }

  private static String by(String labels) {
    return labels.isEmpty() ? "" : " by (" + labels + ") ";
  }

  /** Some of all; nothing where there is nothing to have a share of, as NaN cannot be drawn. */
  static String share(String some, String all) {
    return "%s / (%s > 0)".formatted(some, all);
  }

  /** A quantile out of the rates of buckets; {@code labels} without {@code le}. */
  static String quantile(double quantile, String labels, String rates) {
    String all = labels.isEmpty() ? "le" : labels + ", le";
    return "histogram_quantile(%s, %s)".formatted(quantile, sumBy(all, rates));
  }

  /**
   * Adds the label {@code child}: the path of the child of the chosen scope that a series is in.
   */
  static String byChild(String selector) {
    return "label_replace(%s, \"child\", \"$1\", \"scope_path\", \"($scope/[^/]+).*\")"
        .formatted(selector);
  }
}
