// SPDX-License-Identifier: Apache-2.0
package io.taskscope.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.taskscope.ShutdownReport;
import io.taskscope.TaskScope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The README of the project shows code that compiles, runs, and does what it says. */
class ReadmeTest {
  private static final Pattern JAVA_BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  /** Without white space, which the formatter of the build lays out for another width. */
  private static String normal(String code) {
    return code.replaceAll("\\s+", "");
  }

  @Test
  void readme_itsCode_isThatOfTheExamples() throws IOException {
    String readme = Files.readString(Path.of("../README.md"));
    String examples =
        normal(Files.readString(Path.of("src/test/java/io/taskscope/demo/ReadmeExamples.java")));

    List<String> blocks =
        JAVA_BLOCK.matcher(readme).results().map((MatchResult block) -> block.group(1)).toList();

    assertThat(blocks).hasSize(2);
    assertThat(blocks).allSatisfy(block -> assertThat(examples).contains(normal(block)));
  }

  @Test
  void readme_itsTree_runsAndStops() throws Exception {
    ReadmeExamples examples = new ReadmeExamples();

    ShutdownReport report = examples.tree();

    assertThat(report.result()).isEqualTo(ShutdownReport.Result.CLEAN);
    assertThat(examples.opened.closed).isTrue();
    assertThat(examples.orders)
        .containsExactly("Price[cents=700] Stock[pieces=7]", "User[id=7] Report[text=open]");
  }

  @Test
  void readme_itsTelemetry_installs() throws Exception {
    TaskScope web = TaskScope.root("web");
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    AutoCloseable installed = new ReadmeExamples().seen(web, OpenTelemetry.noop(), registry);
    try {
      assertThat(registry.find("taskscope.tasks.active").tag("scope.path", "/web").gauge())
          .isNotNull();
    } finally {
      web.shutdown(Duration.ofSeconds(5));
      installed.close();
    }
  }
}
