// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.taskscope.console.workload.ScriptedRecording;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import jdk.jfr.Recording;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a person sees who gives the command line, as a process of its own, something that is no
 * sound recording: one line with what was given, the exit code that the README tells, and never a
 * stack trace.
 */
class BadInputIT {
  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
  private static final Path JAR = Path.of("target", "taskscope.jar").toAbsolutePath();
  private static final Path LAUNCHER = Path.of("..", "taskscope").toAbsolutePath().normalize();

  @TempDir static Path folder;

  private static Path recording;

  /** How a person starts it. */
  enum Start {
    /** The self-contained jar. */
    JAR(List.of(JAVA.toString(), "-jar", BadInputIT.JAR.toString())),
    /** The script at the root. */
    LAUNCHER(List.of(BadInputIT.LAUNCHER.toString()));

    private final List<String> command;

    Start(List<String> command) {
      this.command = command;
    }

    Program.Ended report(Path file) throws Exception {
      return run(command, "report", file);
    }
  }

  @BeforeAll
  static void record() throws Exception {
    recording = folder.resolve("scripted.jfr");
    ScriptedRecording.write(recording);
  }

  private static Program.Ended run(List<String> program, Object... arguments) throws Exception {
    List<String> command = new ArrayList<>(program);
    Arrays.stream(arguments).map(Object::toString).forEach(command::add);
    return Program.run(
        command, Map.of("TASKSCOPE_BUILD", "never", "JAVA_HOME", System.getProperty("java.home")));
  }

  private static void assertOneLine(Program.Ended ended, int exit, String line) {
    assertThat(ended.err().strip()).startsWith(line).doesNotContain("\n", "Exception");
    assertThat(ended.exit()).isEqualTo(exit);
    if (exit != ExitCode.IN_PART) {
      assertThat(ended.out()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void report_ofNoFile_namesIt(Start start) throws Exception {
    Path file = folder.resolve("none.jfr");
    assertOneLine(
        start.report(file), ExitCode.UNREADABLE, "taskscope report: there is no file " + file);
  }

  @ParameterizedTest
  @EnumSource
  void report_ofADirectory_namesIt(Start start) throws Exception {
    assertOneLine(
        start.report(folder),
        ExitCode.UNREADABLE,
        "taskscope report: " + folder + " is a directory");
  }

  @ParameterizedTest
  @EnumSource
  void report_ofAnEmptyFile_saysThatItIsEmpty(Start start) throws Exception {
    Path file = Files.write(folder.resolve("empty.jfr"), new byte[0]);
    assertOneLine(
        start.report(file),
        ExitCode.UNREADABLE,
        "taskscope report: " + file + " is empty (0 bytes)");
  }

  @ParameterizedTest
  @EnumSource
  void report_ofAText_showsHowItBegins(Start start) throws Exception {
    Path file = Files.writeString(folder.resolve("text.jfr"), "Dear reader, this is a text.");
    assertOneLine(
        start.report(file),
        ExitCode.UNREADABLE,
        "taskscope report: %s is not a Flight Recorder file: it begins with \"Dear rea\""
            .formatted(file));
  }

  @ParameterizedTest
  @EnumSource
  void report_withoutOurEvents_saysWhoseItIsAndWhatToDo(Start start) throws Exception {
    Path file = folder.resolve("foreign.jfr");
    try (Recording foreign = new Recording()) {
      foreign.enable("jdk.JVMInformation");
      foreign.start();
      foreign.stop();
      foreign.dump(file);
    }
    Program.Ended ended = start.report(file);
    assertOneLine(
        ended,
        ExitCode.NOT_OURS,
        "taskscope report: " + file + " holds no Taskscope events among its ");
    assertThat(ended.err()).contains("JfrEvents.install()");
  }

  @ParameterizedTest
  @EnumSource
  void report_ofACutOffFile_reportsWhatCouldBeRead(Start start) throws Exception {
    byte[] sound = Files.readAllBytes(recording);
    byte[] cut = Arrays.copyOf(sound, sound.length + sound.length / 2);
    System.arraycopy(sound, 0, cut, sound.length, sound.length / 2);
    Path file = Files.write(folder.resolve("cut.jfr"), cut);
    Program.Ended ended = start.report(file);
    assertOneLine(
        ended,
        ExitCode.IN_PART,
        "taskscope report: " + file + " was read in part: it is cut off: ");
    assertThat(ended.out()).contains("/handlers", "could not be read completely");
  }

  @ParameterizedTest
  @EnumSource
  void report_ofTheBeginningOfAFile_saysThatNothingCouldBeRead(Start start) throws Exception {
    byte[] sound = Files.readAllBytes(recording);
    Path file = Files.write(folder.resolve("begun.jfr"), Arrays.copyOf(sound, 40));
    assertOneLine(
        start.report(file),
        ExitCode.UNREADABLE,
        "taskscope report: " + file + " holds only the first 40 bytes of a recording");
  }

  @ParameterizedTest
  @EnumSource
  void report_withoutPermission_namesTheFile(Start start) throws Exception {
    Path file = Files.copy(recording, folder.resolve(start + "-secret.jfr"));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
    List<String> program = new ArrayList<>();
    if (Files.isReadable(file)) {
      Path setpriv = Path.of("/usr/bin/setpriv");
      assumeThat(setpriv).as("may read every file, and cannot give that up").isExecutable();
      // Still root, but without the right to pass over permissions.
      program.add(setpriv.toString());
      program.add("--bounding-set=-dac_override,-dac_read_search");
    }
    program.addAll(start.command);
    assertOneLine(
        run(program, "report", file),
        ExitCode.UNREADABLE,
        "taskscope report: no permission to read " + file);
  }

  @Test
  void otherCommands_ofWhatIsNoRecording_nameIt() throws Exception {
    Path file = Files.writeString(folder.resolve("other.jfr"), "no recording");
    assertOneLine(
        run(Start.JAR.command, "replay", file),
        ExitCode.UNREADABLE,
        "taskscope replay: " + file + " is not a Flight Recorder file");
    assertOneLine(
        run(Start.JAR.command, "diff", recording, file),
        ExitCode.UNREADABLE,
        "taskscope diff: " + file + " is not a Flight Recorder file");
  }

  @Test
  void sound_recording_isReportedWithoutAWord() throws Exception {
    Program.Ended ended = Start.LAUNCHER.report(recording);
    assertThat(ended.err()).isEmpty();
    assertThat(ended.exit()).isEqualTo(ExitCode.OK);
    assertThat(ended.out()).contains("Findings", "/handlers");
  }
}
