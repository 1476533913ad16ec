// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.api.trace.Span;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The tables of the README say what the code emits. */
class ReadmeTest {
  private static final Pattern ROW = Pattern.compile("^\\| `([^`]+)` \\|");

  @Test
  void attributes_ofTheTable_areThoseOfTheEnum() throws Exception {
    assertThat(names("## Attributes"))
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(SpanAttribute.values()).map(SpanAttribute::key).toList());
  }

  @Test
  void reasons_ofTheTable_areThoseOfTheEnum() throws Exception {
    assertThat(names("## Lost spans"))
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(SpanDrops.Reason.values()).map(SpanDrops.Reason::label).toList());
  }

  @Test
  void exceptionEvent_isNamed() throws Exception {
    assertThat(Files.readString(Path.of("README.md")))
        .contains("`" + SpanAttribute.EXCEPTION_EVENT + "`");
  }

  @Test
  void attribute_setWithAnotherType_isRefused() {
    assertThatThrownBy(() -> SpanAttribute.STEPS.set(Span.getInvalid(), "many"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("taskscope.task.steps")
        .hasMessageContaining("LONG");
  }

  private static List<String> names(String heading) throws Exception {
    List<String> lines = Files.readAllLines(Path.of("README.md"));
    int from = lines.indexOf(heading);
    assertThat(from).as(heading).isNotNegative();
    return lines.subList(from + 1, lines.size()).stream()
        .takeWhile(line -> !line.startsWith("## "))
        .map(ROW::matcher)
        .filter(Matcher::find)
        .map(row -> row.group(1))
        .toList();
  }
}
