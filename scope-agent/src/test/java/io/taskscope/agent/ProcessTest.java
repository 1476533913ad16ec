// SPDX-License-Identifier: Apache-2.0
package io.taskscope.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.tools.attach.VirtualMachine;
import io.taskscope.TaskScope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The agent in JVMs of their own: how it starts, how it fails, and what it says meanwhile. */
@Timeout(180)
class ProcessTest {
  private static final String JAR = System.getProperty("taskscope.agent.jar");
  private static final String STEPS = "steps=" + (StatusProgram.YIELDS + 1);

  @TempDir Path directory;
  private final List<Process> started = new ArrayList<>();

  @AfterEach
  void end() {
    started.forEach(Process::destroyForcibly);
  }

  private Process start(List<String> flags, Class<?> program, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.add(program.getName());
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectOutput(directory.resolve("out").toFile())
            .redirectError(directory.resolve("err").toFile());
    builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
    Process process = builder.start();
    started.add(process);
    return process;
  }

  private void run(List<String> flags) throws Exception {
    end(start(flags, StatusProgram.class));
  }

  private void end(Process process) throws Exception {
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as("%s", err()).isZero();
  }

  private List<String> out() throws IOException {
    return Files.readAllLines(directory.resolve("out"));
  }

  private List<String> err() throws IOException {
    return Files.readAllLines(directory.resolve("err"));
  }

  private static String place(Class<?> type) {
    return Path.of(
            java.net.URI.create(type.getProtectionDomain().getCodeSource().getLocation() + ""))
        .toString();
  }

  private static List<String> onClassPath(String... flags) {
    List<String> all = new ArrayList<>(List.of(flags));
    all.add("-cp");
    all.add(
        place(TaskScope.class) + System.getProperty("path.separator") + place(StatusProgram.class));
    return all;
  }

  @Test
  void start_onTheClassPath_isCompleteAndSaysNothing() throws Exception {
    run(onClassPath("-javaagent:" + JAR));
    assertThat(out()).containsExactly("module=false", "agent=on", STEPS, "tasks=3", "report=CLEAN");
    assertThat(err()).isEmpty();
  }

  @Test
  void start_withTheLibraryOnTheModulePath_isCompleteAndSaysNothing() throws Exception {
    run(
        List.of(
            "-javaagent:" + JAR,
            "-p",
            place(TaskScope.class),
            "--add-modules",
            "io.taskscope",
            "-cp",
            place(StatusProgram.class)));
    assertThat(out()).containsExactly("module=true", "agent=on", STEPS, "tasks=3", "report=CLEAN");
    assertThat(err()).isEmpty();
  }

  @Test
  void start_thatFails_isSaidInOneLineAndByTheStatus() throws Exception {
    Path broken = directory.resolve("broken.jar");
    copyWithout("META-INF/taskscope/java/lang/TaskscopeProbe.class", broken);
    run(onClassPath("-javaagent:" + broken));
    String why =
        "java.io.IOException: the agent's jar lacks"
            + " /META-INF/taskscope/java/lang/TaskscopeProbe.class";
    assertThat(err()).containsExactly("taskscope-agent: the agent does nothing, because of " + why);
    assertThat(out())
        .contains(
            "agent=failed",
            "missing=it could not start, because of " + why,
            "incomplete=the agent could not start, so that nothing is measured or adopted:"
                + " it could not start, because of "
                + why,
            "steps=0",
            "tasks=2",
            "report=CLEAN");
  }

  private static void copyWithout(String left, Path copy) throws IOException {
    try (ZipFile from = new ZipFile(JAR);
        ZipOutputStream to = new ZipOutputStream(Files.newOutputStream(copy))) {
      for (ZipEntry entry :
          (Iterable<ZipEntry>) from.stream().map(ZipEntry.class::cast)::iterator) {
        if (!entry.getName().equals(left)) {
          to.putNextEntry(new ZipEntry(entry.getName()));
          from.getInputStream(entry).transferTo(to);
        }
      }
    }
  }

  @Test
  void start_whereAMethodIsMissing_saysWhichAndIsPartial() throws Exception {
    run(onClassPath("-javaagent:" + JAR + "=without=java.lang.VirtualThread.mount"));
    String sentence =
        "steps and parks are not measured: this JDK (%s) has no fitting java.lang.VirtualThread.mount"
            .formatted(Runtime.version());
    assertThat(err()).containsExactly("taskscope-agent: " + sentence);
    assertThat(out())
        .containsExactly(
            "module=false",
            "agent=partial",
            "missing=" + sentence,
            "incomplete=the agent works in part: " + sentence,
            "steps=0", // no split is better than a wrong one
            "tasks=3", // adoption goes on
            "report=CLEAN");
  }

  @Test
  void attach_toARunningJvm_measuresFromThenOnAndSaysThatItIsLate() throws Exception {
    Process process =
        start(onClassPath("-XX:+EnableDynamicAgentLoading"), StatusProgram.class, "wait");
    Eventually.eventually("it is ready", this::isReady);
    VirtualMachine machine = VirtualMachine.attach(Long.toString(process.pid()));
    try {
      machine.loadAgent(JAR);
    } finally {
      machine.detach();
    }
    process.getOutputStream().write('\n');
    process.getOutputStream().close();
    end(process);
    assertThat(out())
        .contains(
            "agent=partial",
            "missing=tasks and threads that were there before the agent are not measured",
            STEPS,
            "tasks=4",
            "report=CLEAN");
    assertThat(err()).isEmpty();
  }

  @Test
  void network_firstUsedInAScope_theThreadsThatTheJdkStartsForItAreNobodys() throws Exception {
    end(start(onClassPath("-javaagent:" + JAR), NetworkProgram.class));
    assertThat(out())
        .containsExactly(
            "first.read=42",
            "first.tasks=2",
            "first.report=CLEAN",
            "second.read=42",
            "second.tasks=2",
            "second.report=CLEAN");
    assertThat(err()).isEmpty();
  }

  private boolean isReady() {
    try {
      return out().contains("ready");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
