// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code closeAfter}: no order in which scopes wait for each other. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CloseOrderTest {
  @RegisterExtension final TreeGuard guard = new TreeGuard();

  @Test
  void closeAfter_namingAnOlderScopeOfTheSameName_waitsForThatOne() {
    TaskScope app = guard.root("app");
    TaskScope older = app.child("a");
    TaskScope newer = app.child("a", o -> o.closeAfter("a"));

    app.close();

    assertThat(older.state()).isEqualTo(ScopeState.CLOSED);
    assertThat(newer.state()).isEqualTo(ScopeState.CLOSED);
  }

  @Test
  void closeAfter_ofTwoOfTheSameNameThatNameEachOther_isRefused() {
    TaskScope app = guard.root("app");
    app.child("a");
    app.child("a", o -> o.closeAfter("a"));

    assertThatThrownBy(() -> app.child("a", o -> o.closeAfter("a")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"a\"")
        .hasMessageContaining("leave one");
    app.close();
    assertThat(app.state()).isEqualTo(ScopeState.CLOSED);
  }

  @Test
  void closeAfter_thatMakesACircleThroughAScopeMadeAnew_isRefused() {
    TaskScope app = guard.root("app");
    TaskScope first = app.child("a");
    app.child("b", o -> o.closeAfter("a"));
    app.child("c", o -> o.closeAfter("b"));
    first.close();

    assertThatThrownBy(() -> app.child("a", o -> o.closeAfter("c")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("closeAfter of scope \"a\"")
        .hasMessageContaining("/app");
    TaskScope again = app.child("a"); // alone it is no circle
    app.close();
    assertThat(again.state()).isEqualTo(ScopeState.CLOSED);
  }

  @Test
  void closeAfter_ofABlock_isRefused() {
    assertThatThrownBy(() -> TaskScope.open("block", o -> o.closeAfter("a")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("block");
  }
}
