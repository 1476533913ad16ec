// SPDX-License-Identifier: Apache-2.0
package io.taskscope.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/**
 * The agent rests on what is inside the JDK: so it is tried on those to come. The variable {@code
 * TASKSCOPE_NEWER_JDKS} has their homes, separated as paths are; {@code .ci/newer-jdks} brings
 * them.
 */
@Timeout(value = 400, threadMode = ThreadMode.SEPARATE_THREAD)
class NewerJdksIT {
  private static final String VARIABLE = "TASKSCOPE_NEWER_JDKS";
  private static final Pattern VERSION = Pattern.compile("version \"([0-9]+)");
  private static final int YIELDS = 1_000_000;

  private static final List<Path> HOMES = new ArrayList<>();

  @BeforeAll
  static void find() {
    String homes = System.getenv(VARIABLE);
    if (homes != null) {
      Stream.of(homes.split(System.getProperty("path.separator"), -1))
          .filter(home -> !home.isBlank())
          .map(Path::of)
          .forEach(HOMES::add);
    }
  }

  @Test
  void counts_onEveryNewerJdk_areExactAndEverythingIsAdopted() throws Exception {
    if (System.getenv("CI") == null) {
      assumeThat(HOMES).as("no newer JDKs in " + VARIABLE).isNotEmpty();
    }
    List<Integer> versions = new ArrayList<>();
    for (Path home : HOMES) {
      int version = version(home);
      versions.add(version);

      JavaProcess.Ended ended = JavaProcess.run(home, Agents.counting(YIELDS, Agents.ours()));

      Agents.assertExact(ended, version);
      assertThat(ended.err()).as("JDK %d", version).isEmpty();
    }
    assertThat(versions).as("versions in " + VARIABLE).contains(26, 27, 28);
  }

  private static int version(Path home) throws Exception {
    JavaProcess.Ended told = JavaProcess.run(home, List.of("-version"));
    Matcher matcher = VERSION.matcher(told.err().getFirst());
    assertThat(matcher.find()).as("%s", told.err()).isTrue();
    return Integer.parseInt(matcher.group(1));
  }
}
