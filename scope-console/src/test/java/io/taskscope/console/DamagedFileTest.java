// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskscope.console.workload.ScriptedRecording;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files cut off or with wrong bytes at many places: always a line and an exit code. Every run makes
 * its own recording, so another run tries other bytes; {@code -Ddamaged.flips=20000} tries more.
 */
class DamagedFileTest {
  private static final int CUTS = 150;
  private static final int FLIPS = Integer.getInteger("damaged.flips", 400);
  private static final long SEED = Long.getLong("damaged.seed", 42);

  @TempDir static Path folder;

  private static byte[] sound;

  @BeforeAll
  static void record() throws Exception {
    Path file = folder.resolve("scripted.jfr");
    ScriptedRecording.write(file);
    sound = Files.readAllBytes(file);
  }

  private static void assertHandled(byte[] bytes, String what) throws Exception {
    Path file = Files.write(folder.resolve("damaged.jfr"), bytes);
    for (String command : new String[] {"report", "replay"}) {
      StringWriter err = new StringWriter();
      int code =
          Taskscope.commandLine(new PrintWriter(new StringWriter()), new PrintWriter(err))
              .execute(command, file.toString());
      assertThat(code)
          .as("%s %s: %s", command, what, err)
          .isIn(
              ExitCode.OK,
              ExitCode.USAGE,
              ExitCode.UNREADABLE,
              ExitCode.NOT_OURS,
              ExitCode.IN_PART);
      assertThat(err.toString()).as(what).doesNotContain("\tat ", "Exception");
      if (code != ExitCode.OK) {
        assertThat(err.toString()).as(what).isNotBlank();
      }
    }
  }

  @Test
  void commands_cutAnywhere_sayOneThing() throws Exception {
    for (int i = 0; i < CUTS; i++) {
      int length = (int) ((long) sound.length * i / CUTS);
      assertHandled(Arrays.copyOf(sound, length), "cut to " + length + " bytes");
    }
  }

  @Test
  void commands_wrongBytes_sayOneThing() throws Exception {
    Random random = new Random(SEED);
    for (int i = 0; i < FLIPS; i++) {
      byte[] bytes = sound.clone();
      // A third of them in the header, where they do most harm, and in what follows it.
      int range = i % 3 == 0 ? 68 : bytes.length;
      for (int flip = 0; flip < 1 + i % 4; flip++) {
        bytes[random.nextInt(range)] = (byte) random.nextInt();
      }
      assertHandled(bytes, "seed " + SEED + ", round " + i);
    }
  }
}
