// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What options hold for a subtree, and where they end. */
class ScopeOptionsTest {
  @RegisterExtension final TreeGuard guard = new TreeGuard();

  @Test
  void subtreeOptions_saidAtTheRoot_holdBelowUnlessSaidOtherwise() {
    TaskScope web =
        guard.root(
            "web", o -> o.adoption(Adoption.THREADS).spans(Spans.OFF).taskNamesAsLabel(true));
    TaskScope quiet = web.child("app").child("quiet");
    TaskScope loud = web.child("loud", o -> o.spans(Spans.ON).adoption(Adoption.NONE));

    assertThat(quiet.options().adoption()).isEqualTo(Adoption.THREADS);
    assertThat(quiet.options().spans()).isEqualTo(Spans.OFF);
    assertThat(quiet.options().taskNamesAsLabel()).isTrue();
    assertThat(loud.options().spans()).isEqualTo(Spans.ON);
    assertThat(loud.options().adoption()).isEqualTo(Adoption.NONE);
    assertThat(loud.child("below").options().adoption()).isEqualTo(Adoption.NONE);
  }

  @Test
  void subtreeOptions_holdForBlocksOpenedInside() throws Exception {
    TaskScope web = guard.root("web", o -> o.spans(Spans.FAILED_ONLY));

    Spans inBlock =
        web.spawn(
                "task",
                () -> {
                  try (TaskScope block = TaskScope.open("block")) {
                    return block.options().spans();
                  }
                })
            .get();

    assertThat(inBlock).isEqualTo(Spans.FAILED_ONLY);
  }

  @Test
  void defaults_areToAdoptAllAndSpanAll() {
    ScopeOptions options = guard.root("web").options();

    assertThat(options.adoption()).isEqualTo(Adoption.ALL);
    assertThat(options.spans()).isEqualTo(Spans.ON);
    assertThat(options.taskNamesAsLabel()).isFalse();
  }

  @Test
  void spans_slowerThanNothing_saysWhatWouldBeRight() {
    assertThatThrownBy(() -> Spans.slowerThan(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("longer than zero, but is PT0S");
  }
}
