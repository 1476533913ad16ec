// SPDX-License-Identifier: Apache-2.0
package io.taskscope.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReplyTest {
  @Test
  void error_withQuotesAndControlCharacters_isEscaped() {
    assertThat(Reply.error(400, "a \"b\" c:\\d\n").body())
        .isEqualTo("{\"error\":\"a \\\"b\\\" c:\\\\d\\u000a\"}");
  }

  @Test
  void isJson_textOrObject_isToldApart() {
    assertThat(Reply.ok("{}").isJson()).isTrue();
    assertThat(new Reply(200, "ok").isJson()).isFalse();
  }
}
