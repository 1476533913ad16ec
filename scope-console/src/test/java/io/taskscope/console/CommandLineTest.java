// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.taskscope.console.workload.ScriptedRecording;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import jdk.jfr.Recording;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands from outside: outputs, exit codes, and one clear line for what is wrong. */
class CommandLineTest {
  @TempDir static Path folder;

  private static Path recording;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void record() throws Exception {
    recording = folder.resolve("scripted.jfr");
    ScriptedRecording.write(recording);
  }

  private int run(Object... args) {
    String[] texts = new String[args.length];
    for (int i = 0; i < args.length; i++) {
      texts[i] = args[i].toString();
    }
    return Taskscope.commandLine(new PrintWriter(out), new PrintWriter(err)).execute(texts);
  }

  private void assertOneLine(String start) {
    assertThat(err.toString().strip()).startsWith(start).doesNotContain("\n", "\tat ");
  }

  @Test
  void report_recording_printsFindingsBeforeTheTree() {
    assertThat(run("report", recording)).isEqualTo(ExitCode.OK);
    assertThat(out.toString())
        .containsSubsequence(
            "Findings", "ERROR", "WARNING", "Scopes", "/handlers", "What the recording");
    assertThat(out.toString()).doesNotContain("\033[");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void report_collapsed_printsStacksRootedInThePath() {
    assertThat(run("report", recording, "--collapsed=parked")).isEqualTo(ExitCode.OK);
    assertThat(out.toString().lines().toList())
        .isNotEmpty()
        .allSatisfy(
            line -> assertThat(line).startsWith("/web;/app-a;/handlers;").matches(".* \\d+"));
  }

  @Test
  void diff_slowerScope_namesScopeAndPart() throws Exception {
    Path slower = folder.resolve("slower.jfr");
    ScriptedRecording.write(slower, 3);
    assertThat(run("diff", recording, slower, "--json")).isEqualTo(ExitCode.OK);
    JsonNode scopes = new ObjectMapper().readTree(out.toString()).get("scopes");
    assertThat(scopes.get(0).get("path").asText()).isEqualTo(ScriptedRecording.HANDLERS);
    assertThat(scopes.get(0).get("verdict").asText()).isEqualTo("slower");
    assertThat(scopes.get(0).get("part").asText()).isEqualTo("parked");
    assertThat(scopes.get(0).get("after").get("meanNanos").asLong()).isEqualTo(30_000_000);
    assertThat(scopes.get(1).get("verdict").asText()).isEqualTo("same");
  }

  @Test
  void diff_text_saysWhatGotSlower() throws Exception {
    Path slower = folder.resolve("slower-text.jfr");
    ScriptedRecording.write(slower, 3);
    assertThat(run("diff", recording, slower)).isEqualTo(ExitCode.OK);
    assertThat(out.toString())
        .contains("1 scope got slower")
        .contains("/web/app-a/handlers: a task takes 30.0 ms instead of 10.0 ms, mostly parked");
  }

  @Test
  void replay_end_showsLiveTasks() throws Exception {
    assertThat(run("replay", recording, "--json")).isEqualTo(ExitCode.OK);
    JsonNode tree = new ObjectMapper().readTree(out.toString());
    assertThat(tree.get("schema").asText()).isEqualTo("taskscope.tree");
    assertThat(tree.get("liveTasks").asInt()).isEqualTo(ScriptedRecording.LIVE - 1);
    assertThat(tree.get("tasks").get(0).get("name").asText()).isEqualTo("still-running");
  }

  @Test
  void replay_start_showsNoTask() {
    assertThat(run("replay", recording, "--at", "0s")).isEqualTo(ExitCode.OK);
    assertThat(out.toString()).contains("0 tasks live");
  }

  @ParameterizedTest
  @ValueSource(strings = {"noon", "5 s", "99h", "200%", "-99h", "1e9s", ""})
  void replay_badTime_showsItAndWhatIsRight(String at) {
    assertThat(run("replay", recording, "--at", at)).isEqualTo(ExitCode.USAGE);
    assertOneLine("taskscope replay: --at: '" + at + "' is ");
  }

  @Test
  void report_missingFile_isOneLine() {
    assertThat(run("report", folder.resolve("none.jfr"))).isEqualTo(ExitCode.UNREADABLE);
    assertOneLine("taskscope report: there is no file " + folder.resolve("none.jfr"));
  }

  @Test
  void report_directory_isOneLine() {
    assertThat(run("report", folder)).isEqualTo(ExitCode.UNREADABLE);
    assertOneLine("taskscope report: " + folder + " is a directory");
  }

  @Test
  void report_emptyFile_isOneLine() throws Exception {
    Path file = Files.createFile(folder.resolve("empty.jfr"));
    assertThat(run("report", file)).isEqualTo(ExitCode.UNREADABLE);
    assertOneLine("taskscope report: " + file + " is empty (0 bytes)");
  }

  @Test
  void report_textFile_showsHowItBegins() throws Exception {
    Path file = Files.writeString(folder.resolve("text.jfr"), "hello world, this is no recording");
    assertThat(run("report", file)).isEqualTo(ExitCode.UNREADABLE);
    assertOneLine(
        "taskscope report: "
            + file
            + " is not a Flight Recorder file: it begins with \"hello wo\"");
  }

  @Test
  void report_otherFormatVersion_showsTheVersion() throws Exception {
    Path file = folder.resolve("old.jfr");
    byte[] bytes = Files.readAllBytes(recording);
    bytes[5] = 0;
    bytes[7] = 9;
    Files.write(file, bytes);
    assertThat(run("report", file)).isEqualTo(ExitCode.UNREADABLE);
    assertOneLine("taskscope report: " + file + " has version 0.9 of the recording format");
  }

  @Test
  void report_withoutOurEvents_saysWhatToDo() throws Exception {
    Path file = folder.resolve("foreign.jfr");
    try (Recording other = new Recording()) {
      other.enable("jdk.JVMInformation");
      other.start();
      other.stop();
      other.dump(file);
    }
    assertThat(run("report", file)).isEqualTo(ExitCode.NOT_OURS);
    assertOneLine("taskscope report: " + file + " holds no Taskscope events");
  }

  @Test
  void report_truncated_reportsWhatCouldBeRead() throws Exception {
    Path file = folder.resolve("cut.jfr");
    byte[] bytes = Files.readAllBytes(recording);
    byte[] twice = java.util.Arrays.copyOf(bytes, bytes.length + bytes.length / 2);
    System.arraycopy(bytes, 0, twice, bytes.length, bytes.length / 2);
    Files.write(file, twice);
    assertThat(run("report", file)).isEqualTo(ExitCode.IN_PART);
    assertOneLine("taskscope report: " + file + " was read in part: it is cut off");
    assertThat(out.toString()).contains("/handlers").contains("could not be read completely");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--bogus", "--html", "--collapsed=gpu"})
  void report_badOption_isOneLineWithUsageCode(String option) {
    assertThat(run("report", recording, option)).isEqualTo(ExitCode.USAGE);
    assertOneLine("taskscope report: ");
    assertThat(err.toString()).contains("see taskscope report --help");
  }

  @Test
  void report_htmlIntoMissingFolder_isOneLine() {
    Path page = folder.resolve("no/such/page.html");
    assertThat(run("report", recording, "--html", page)).isEqualTo(ExitCode.UNREADABLE);
    assertOneLine("taskscope report: cannot write the page to " + page);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "help"})
  void help_any_listsCommandsAndExitCodes(String option) {
    assertThat(run(option)).isEqualTo(ExitCode.OK);
    assertThat(out.toString()).contains("report", "diff", "replay", "Exit codes: 0");
  }

  @Test
  void version_any_isPrinted() {
    assertThat(run("--version")).isEqualTo(ExitCode.OK);
    assertThat(out.toString()).startsWith("taskscope ");
  }

  @Test
  void noCommand_any_saysWhichThereAre() {
    assertThat(run()).isEqualTo(ExitCode.USAGE);
    assertOneLine("taskscope: a command is missing: report, diff or replay");
  }
}
