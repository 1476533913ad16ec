// SPDX-License-Identifier: Apache-2.0
package io.taskscope.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskscope.dashboards.PromqlReader.Selector;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PromqlReaderTest {
  @Test
  void selectors_nested_haveMatchersRangeAndFunctions() {
    assertThat(
            PromqlReader.selectors(
                "histogram_quantile(0.99, sum by (le, job) (rate(a_bucket{job=~\"$job\", x!=\"a\\\"}\"}[$__rate_interval])))"))
        .containsExactly(
            new Selector(
                "a_bucket",
                Map.of("job", "=~\"$job\"", "x", "!=\"a\\\"}\""),
                "$__rate_interval",
                List.of("rate", "sum", "histogram_quantile")));
  }

  @Test
  void selectors_ofOperators_areAllFound() {
    assertThat(
            PromqlReader.selectors(
                "# comment { a\nl:m:sum > on (job) group_left (x) 2 * b offset 1h or vector(0) unless c - time() > bool 1e3"))
        .extracting(Selector::metric)
        .containsExactly("l:m:sum", "b", "c");
  }
}
