// SPDX-License-Identifier: Apache-2.0
package io.taskscope.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.taskscope.Task;
import io.taskscope.TaskScope;
import io.taskscope.testing.TaskscopeExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What {@code jcmd PID Thread.dump_to_file -format=json} shows of the tree of scopes. */
@ExtendWith(TaskscopeExtension.class)
@Timeout(120)
class ThreadDumpTest {
  private static final String NO_SCOPE = "<root>";

  private final TaskScope root = TaskScope.root("dumped");
  private final CountDownLatch go = new CountDownLatch(1);
  private final BlockingQueue<Thread> waiting = new LinkedBlockingQueue<>();

  @TempDir private Path directory;

  @AfterEach
  void close() {
    go.countDown();
    root.shutdown(Duration.ofSeconds(10));
  }

  private Object waitHere() throws InterruptedException {
    waiting.add(Thread.currentThread());
    go.await();
    return "";
  }

  private Thread oneWaits() throws InterruptedException {
    Thread thread = waiting.poll(30, TimeUnit.SECONDS);
    assertThat(thread).as("nothing waits").isNotNull();
    return thread;
  }

  private void waitQuietly() {
    try {
      waitHere();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void dump_ofNestedScopes_hasThemAsContainersBelowThoseOfTheirParents() throws Exception {
    TaskScope app = root.child("app");
    TaskScope handlers = app.child("handlers");
    app.spawn("of app", this::waitHere);
    Thread spawned = oneWaits();
    Task<?> starter =
        handlers.spawn(
            "starter",
            () -> {
              Thread.startVirtualThread(this::waitQuietly);
              new Thread(this::waitQuietly, "adopted").start();
              return waitHere();
            });
    List<Thread> members = List.of(oneWaits(), oneWaits(), oneWaits());
    Thread calling = new Thread(() -> handlers.call("called", this::called), "caller");
    calling.start();
    assertThat(oneWaits()).isSameAs(calling);

    JsonNode dump = dump();

    assertThat(parentOf(dump, "taskscope /dumped")).isEqualTo(NO_SCOPE);
    assertThat(parentOf(dump, "taskscope /dumped/app")).isEqualTo("taskscope /dumped");
    assertThat(parentOf(dump, "taskscope /dumped/app/handlers")).isEqualTo("taskscope /dumped/app");
    assertThat(threadsOf(dump, "taskscope /dumped")).isEmpty();
    assertThat(threadsOf(dump, "taskscope /dumped/app")).containsExactly(spawned.threadId());
    assertThat(threadsOf(dump, "taskscope /dumped/app/handlers"))
        .containsExactlyInAnyOrderElementsOf(members.stream().map(Thread::threadId).toList())
        .contains(starter.thread().orElseThrow().threadId());
    assertThat(threadsOf(dump, NO_SCOPE)) // it was there before the scope had it do something
        .contains(calling.threadId())
        .doesNotContain(spawned.threadId());
    go.countDown();
    calling.join();
  }

  private String called() {
    waitQuietly();
    return "";
  }

  @Test
  void dump_ofScopesWithOnePath_hasAContainerForEachThatLives() throws Exception {
    root.child("twin").spawn("one", this::waitHere);
    root.child("twin").spawn("two", this::waitHere);
    TaskScope closed = root.child("twin");
    closed.close();
    long one = oneWaits().threadId();
    long two = oneWaits().threadId();

    JsonNode dump = dump();

    List<JsonNode> twins = containers(dump, "taskscope /dumped/twin");
    assertThat(twins).hasSize(2).allSatisfy(twin -> assertThat(threads(twin)).hasSize(1));
    assertThat(twins.stream().flatMap(twin -> threads(twin).stream()))
        .containsExactlyInAnyOrder(one, two);
  }

  @Test
  void dump_ofAnExecutorInATask_leavesItsThreadsWhereTheJdkShowsThem() throws Exception {
    root.spawn(
        "owner",
        () -> {
          try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            return executor.submit(this::waitHere).get();
          }
        });
    Thread thread = oneWaits();

    JsonNode dump = dump();

    assertThat(root.tasks()).hasSize(2); // the owner, and the member in the executor
    List<String> shownIn = new ArrayList<>();
    for (JsonNode container : containers(dump)) {
      if (threads(container).contains(thread.threadId())) {
        shownIn.add(container.path("container").asText());
      }
    }
    assertThat(shownIn).singleElement().asString().contains("ThreadPerTaskExecutor");
  }

  private JsonNode dump() throws Exception {
    Path file = directory.resolve("dump-" + System.nanoTime() + ".json");
    Process jcmd =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(ProcessHandle.current().pid()),
                "Thread.dump_to_file",
                "-format=json",
                file.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("jcmd").toFile())
            .start();
    assertThat(jcmd.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(jcmd.exitValue()).as("%s", Files.readString(directory.resolve("jcmd"))).isZero();
    return new ObjectMapper().readTree(file.toFile()).path("threadDump");
  }

  private static List<JsonNode> containers(JsonNode dump) {
    return dump.path("threadContainers").valueStream().toList();
  }

  /** Those of a name: the JDK writes the name, a slash for that, and a number. */
  private static List<JsonNode> containers(JsonNode dump, String name) {
    return containers(dump).stream()
        .filter(container -> isNamed(container.path("container").asText(), name))
        .toList();
  }

  private static boolean isNamed(String shown, String name) {
    return shown.equals(name) || shown.startsWith(name + "/jdk.") || shown.startsWith(name + "@");
  }

  private static JsonNode container(JsonNode dump, String name) {
    List<JsonNode> found = containers(dump, name);
    assertThat(found)
        .as(
            "%s in %s",
            name, containers(dump).stream().map(c -> c.path("container").asText()).toList())
        .hasSize(1);
    return found.getFirst();
  }

  private static String parentOf(JsonNode dump, String name) {
    return container(dump, name).path("parent").asText().replaceFirst("(/jdk\\.|@).*", "");
  }

  private static List<Long> threadsOf(JsonNode dump, String name) {
    return threads(container(dump, name));
  }

  private static List<Long> threads(JsonNode container) {
    return container.path("threads").valueStream().map(one -> one.path("tid").asLong()).toList();
  }
}
