// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskscope.view.ScopeView;
import io.taskscope.view.TaskView;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class SelectorTest {
  @RegisterExtension final TreeGuard guard = new TreeGuard();

  private static List<String> paths(List<ScopeView> scopes) {
    return scopes.stream().map(ScopeView::path).toList();
  }

  private static List<String> names(List<TaskView> tasks) {
    return tasks.stream().map(TaskView::name).toList();
  }

  private TaskScope web() {
    TaskScope web =
        guard.root(
            "web", o -> o.drainTimeout(Duration.ZERO).onFailure((task, error) -> Decision.HANDLED));
    TaskScope appA = web.child("app-a");
    TaskScope appB = web.child("app-b");
    appA.child("handlers");
    appA.child("timers");
    appB.child("handlers");
    return web;
  }

  private Task<Void> parked(TaskScope scope, String name) {
    CountDownLatch never = guard.latch();
    Task<Void> task = scope.spawn(name, () -> never.await());
    Eventually.holds(() -> task.taskState() == TaskState.PARKED);
    return task;
  }

  // ---- paths

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/web | /web",
        "/* | /web",
        "/web/* | /web/app-a /web/app-b",
        "/web/*/handlers | /web/app-a/handlers /web/app-b/handlers",
        "/web/app-* | /web/app-a /web/app-b",
        "/web/*-b | /web/app-b",
        "/web/a*p*a | /web/app-a",
        "/**/handlers | /web/app-a/handlers /web/app-b/handlers",
        "/web/**/handlers | /web/app-a/handlers /web/app-b/handlers",
        "/web/app-b/** | /web/app-b /web/app-b/handlers",
        "/**/app-a/** | /web/app-a /web/app-a/handlers /web/app-a/timers",
        "/web/**/**/timers | /web/app-a/timers",
        "/web/app | ",
        "/nothing/** | ",
        "/ | ",
        "/web/app-a/handlers/x | ",
      })
  void scopes_ofPath_areThoseItMatches(String selector, String expected) {
    String[] wanted = expected == null ? new String[0] : expected.split(" ");

    assertThat(paths(web().scopes(selector))).containsExactlyInAnyOrder(wanted);
  }

  @Test
  void scopes_ofEverything_areAll() {
    assertThat(web().scopes("/**")).hasSize(6);
  }

  @Test
  void scopes_askedBelow_seeOnlyWhatIsThere() {
    TaskScope appA = web().find("app-a").orElseThrow();

    assertThat(paths(appA.scopes("/**")))
        .containsExactlyInAnyOrder("/web/app-a", "/web/app-a/handlers", "/web/app-a/timers");
    assertThat(appA.scopes("/web/app-b")).isEmpty();
  }

  @Test
  void glob_withManyStars_takesLittleTime() {
    TaskScope web = guard.root("web");
    web.child("a".repeat(64));
    String bomb = "/web/" + "a*".repeat(400) + "b";

    long before = System.nanoTime();
    assertThat(web.scopes(bomb)).isEmpty();
    assertThat(web.scopes("/" + "**/".repeat(300) + "x")).isEmpty();
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(1));
  }

  // ---- attributes of scopes

  @Test
  void scopes_byEveryAttribute_areSelected() throws Exception {
    TaskScope web = web();
    TaskScope handlers = web.find("app-a/handlers").orElseThrow();
    parked(handlers, "one");
    parked(handlers, "two");
    Task<Object> failed =
        handlers.spawn(
            "failing",
            () -> {
              throw new IOException("no");
            });
    Eventually.holds(failed::isDone);

    assertThat(paths(web.scopes("/**[id=" + handlers.id() + "]"))).containsExactly(handlers.path());
    assertThat(web.scopes("/**[name=handlers]")).hasSize(2);
    assertThat(web.scopes("/**[name!=handlers]")).hasSize(4);
    assertThat(web.scopes("/**[name~h.*s]")).hasSize(2);
    assertThat(web.scopes("/**[path=/web/app-a]")).hasSize(1);
    assertThat(web.scopes("/**[path~'.*/app-[a-z]']")).hasSize(2);
    assertThat(web.scopes("/**[state=open]")).hasSize(6);
    assertThat(web.scopes("/**[state=OPEN]")).hasSize(6);
    assertThat(web.scopes("/**[state!=open]")).isEmpty();
    assertThat(web.scopes("/**[state~'op.*']")).hasSize(6);
    assertThat(paths(web.scopes("/**[live>1]"))).containsExactly(handlers.path());
    assertThat(web.scopes("/**[live>=2]")).hasSize(1);
    assertThat(web.scopes("/**[live<2]")).hasSize(5);
    assertThat(web.scopes("/**[live<=2]")).hasSize(6);
    assertThat(web.scopes("/**[live=2]")).hasSize(1);
    assertThat(web.scopes("/**[live!=2]")).hasSize(5);
    assertThat(web.scopes("/**[started=3]")).hasSize(1);
    assertThat(web.scopes("/**[failed>0]")).hasSize(1);
    assertThat(web.scopes("/**[age>=0ns]")).hasSize(6);
    assertThat(web.scopes("/**[age>1h]")).isEmpty();
    assertThat(web.scopes("/**[depth=1]")).hasSize(1);
    assertThat(web.scopes("/**[depth=3]")).hasSize(3);
    assertThat(web.scopes("/**[depth=3][live=2][name='handlers']")).hasSize(1);
    assertThat(web.scopes("/**[live>-1]")).hasSize(6);
  }

  // ---- attributes of tasks

  @Test
  void tasks_byEveryAttribute_areSelected() throws Exception {
    TaskScope web = web();
    TaskScope handlers = web.find("app-a/handlers").orElseThrow();
    Task<Void> parked = parked(handlers, "GET /users/{id}");
    Task<Void> other = parked(handlers, "it's [odd]");
    CountDownLatch never = guard.latch();
    Task<Long> child =
        handlers.spawn(
            "mother",
            () -> {
              long id = handlers.spawn("child", () -> never.await()).id();
              never.await();
              return id;
            });
    Eventually.holds(() -> handlers.view().live() == 4);

    assertThat(names(web.tasks("/**[id=" + parked.id() + "]"))).containsExactly(parked.name());
    assertThat(names(web.tasks("/**[name=GET /users/{id}]"))).containsExactly(parked.name());
    assertThat(names(web.tasks("/**[name='GET /users/{id}']"))).containsExactly(parked.name());
    assertThat(names(web.tasks("/**[name='it''s [odd]']"))).containsExactly(other.name());
    assertThat(names(web.tasks("/**[name~'GET .*']"))).containsExactly(parked.name());
    assertThat(names(web.tasks("/**[name~'GET (/[a-z{}]{2,9}){2}']")))
        .containsExactly(parked.name());
    assertThat(names(web.tasks("/**[name!='GET /users/{id}']"))).hasSize(3);
    Eventually.holds(() -> web.tasks("/**[state=parked]").size() == 4);
    assertThat(web.tasks("/**[state~'park.*']")).as("words are matched in lower case").hasSize(4);
    assertThat(web.tasks("/**[state=queued]")).isEmpty();
    assertThat(web.tasks("/**[age>0ns][age<1h]")).hasSize(4);
    assertThat(web.tasks("/**[age>5s]")).isEmpty();
    assertThat(web.tasks("/**[run>=0ms]")).hasSize(4);
    assertThat(web.tasks("/**[queued<1m]")).hasSize(4);
    assertThat(web.tasks("/**[parked=0s]")).hasSize(4);
    assertThat(web.tasks("/**[steps=0]")).hasSize(4);
    assertThat(web.tasks("/**[origin=spawned]")).hasSize(4);
    assertThat(web.tasks("/**[origin=called]")).isEmpty();
    assertThat(names(web.tasks("/**[parent=" + child.id() + "]"))).containsExactly("child");
    assertThat(web.tasks("/**[parent=0]")).hasSize(3);
    assertThat(web.tasks("/**[outcome=success]")).isEmpty();
    assertThat(web.tasks("/**[outcome!=success]")).as("live ones have none").hasSize(4);
    assertThat(web.tasks("/web/app-b/**")).isEmpty();
  }

  @Test
  void tasks_thatHaveFinished_areSelectedByOutcomeAndReason() throws Exception {
    TaskScope web = web();
    TaskScope handlers = web.find("app-a/handlers").orElseThrow();
    handlers.spawn("good", () -> "x").get();
    Task<Object> bad =
        handlers.spawn(
            "bad",
            () -> {
              throw new IOException("disk full");
            });
    Task<Void> cancelled = parked(handlers, "cancelled");
    cancelled.cancel("no longer wanted");
    Eventually.holds(() -> bad.isDone() && cancelled.isDone());
    parked(handlers, "live");

    assertThat(names(web.tasks("/**[outcome=success]"))).containsExactly("good");
    assertThat(names(web.tasks("/**[outcome=FAILURE]"))).containsExactly("bad");
    assertThat(names(web.tasks("/**[outcome~'(failure|cancelled)']")))
        .containsExactlyInAnyOrder("bad", "cancelled");
    assertThat(names(web.tasks("/**[reason='no longer wanted']"))).containsExactly("cancelled");
    assertThat(names(web.tasks("/**[reason~'.*disk full']"))).containsExactly("bad");
    assertThat(web.tasks("/**[state=finished]")).hasSize(3);
    assertThat(names(web.tasks("/**"))).as("live ones only").containsExactly("live");
    assertThat(names(web.tasks("/**[state=parked]"))).containsExactly("live");
  }

  @Test
  void tasks_endingWhileTheyAreSelected_areSelectedOnce() throws Exception {
    TaskScope web = guard.root("web");
    AtomicBoolean stop = new AtomicBoolean();
    Thread spawner =
        Thread.ofPlatform()
            .start(
                () -> {
                  while (!stop.get()) {
                    web.call("t", () -> {});
                  }
                });
    try {
      for (int i = 0; i < 3_000; i++) {
        assertThat(web.tasks("/**[state!=queued]").stream().map(TaskView::id).toList())
            .doesNotHaveDuplicates();
      }
    } finally {
      stop.set(true);
      spawner.join();
    }
  }

  // ---- what is wrong

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | 1 | a selector begins with a path",
        "web | 1 | a selector begins with a path",
        "/Web | 2 | a path has segments of a-z 0-9 . _ - or *",
        "/web/ | 6 | a segment is missing after the last /",
        "//web | 2 | a segment is empty",
        "/web//x | 6 | a segment is empty",
        "/web?x | 5 | a path has segments",
        "/web[ | 6 | a scope has no \"\", but [id, name, path, state, live, started, failed, age, depth]",
        "/web[] | 6 | a scope has no \"\"",
        "/web[color=red] | 6 | a scope has no \"color\"",
        "/web[run>1s] | 6 | a scope has no \"run\"",
        "/web[live] | 10 | an operator belongs here: = != > >= < <= or ~",
        "/web[live!1] | 10 | an operator belongs here",
        "/web[live>x] | 11 | \"x\" is not a whole number",
        "/web[live>] | 11 | \"\" is not a whole number",
        "/web[live>1.5] | 11 | \"1.5\" is not a whole number",
        "/web[live>99999999999999999999] | 11 | is not a whole number",
        "/web[age>5] | 10 | \"5\" is not a duration such as 250ms 5s 2m 1h",
        "/web[age>5x] | 10 | \"5x\" is not a duration",
        "/web[age>s] | 10 | is not a duration",
        "/web[age>-5s] | 10 | is not a duration",
        "/web[age>9999999999999h] | 10 | is not a duration",
        "/web[name>a] | 10 | name is a text: it takes = != or ~",
        "/web[state<=open] | 11 | state is a text: it takes = != or ~",
        "/web[name~(] | 11 | not a regular expression: Unclosed group",
        "/web[name~x{1001}] | 11 | the repetitions {n} in it multiply to more than 1000",
        "/web[name~(x{50}){30,}] | 11 | the repetitions {n} in it multiply to more than 1000",
        "/web[name='x] | 14 | the closing ' is missing",
        "/web[name='x'y] | 14 | ']' belongs here",
        "/web[live=1 | 12 | ']' belongs here",
        "/web[live=1]x | 13 | '[' belongs here",
        "/web[live=1]/x | 13 | '[' belongs here",
        "/web[live=1] [live=1] | 13 | '[' belongs here",
      },
      quoteCharacter = '\u0001')
  void scopes_ofBadSelector_throwAndPointAtTheColumn(String selector, int column, String why) {
    String text = selector.equals("''") ? "" : selector;

    assertThatThrownBy(() -> guard.root("web").scopes(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("bad selector, column " + column + ": ")
        .hasMessageContaining(why)
        .satisfies(
            thrown -> {
              List<String> lines = thrown.getMessage().lines().toList();
              assertThat(lines.get(1)).isEqualTo("  " + text);
              assertThat(lines.get(2).indexOf('^')).isEqualTo(column + 1);
            });
  }

  @Test
  void tasks_ofAttributeOfScopes_throw() {
    assertThatThrownBy(() -> guard.root("web").tasks("/web[depth=1]"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(
            "a task has no \"depth\", but [id, name, state, age, run, queued, parked, steps,"
                + " origin, outcome, reason, parent]");
  }

  @Test
  void scopes_ofTooLongSelector_throwAndShowOnlyItsBeginning() {
    assertThatThrownBy(() -> guard.root("web").scopes("/web" + "/x".repeat(100_000)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("longer than 1000 characters")
        .satisfies(thrown -> assertThat(thrown.getMessage()).hasSizeLessThan(3_000));
  }

  // ---- expressions that could hang

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(a+)+$",
        "(a|aa)+$",
        "(a*)*b",
        "((a*)*)*b",
        "(.*a){20}",
        "(?:a?){60}a{60}",
        "(?:){2147483647}",
        "(?:(?:){30000}){30000}",
        "(?:(?:(?:x?){3000}){3000}){3000}b",
        "((?=a)|(?=a)|b)*+(?:(?!b)){100000}(a*)*b",
        "(a*)\\1\\1\\1\\1b",
        "(?<=.{0,100000})(a*)*b",
      })
  void expression_thatExplodes_isBounded(String expression) {
    TaskScope web = guard.root("web");
    CountDownLatch never = guard.latch();
    for (int i = 0; i < 3; i++) {
      web.spawn("a".repeat(120), () -> never.await());
    }
    long before = System.nanoTime();

    Throwable thrown =
        org.assertj.core.api.Assertions.catchThrowable(
            () -> web.tasks("/**[name~'" + expression + "']"));

    if (thrown != null) {
      assertThat(thrown).isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(3));
  }

  @Test
  void expression_onVeryLongReason_doesNotOverflowTheStack() {
    TaskScope web = guard.root("web");
    Task<Void> task = parked(web, "t");
    task.cancel("ab".repeat(20_000));
    Eventually.holds(task::isDone);

    Throwable thrown =
        org.assertj.core.api.Assertions.catchThrowable(() -> web.tasks("/**[reason~'(a|b)*c']"));

    assertThat(thrown).isInstanceOf(IllegalArgumentException.class);
  }

  // ---- size

  @Test
  void tasks_ofManyLiveOnes_areSelectedWhileOthersSpawn() throws Exception {
    TaskScope web = guard.root("web", o -> o.drainTimeout(Duration.ZERO));
    CountDownLatch release = guard.latch();
    int count = 100_000;
    for (int i = 0; i < count; i++) {
      web.spawn(i % 1_000 == 0 ? "rare" : "common", () -> release.await());
    }
    AtomicBoolean stop = new AtomicBoolean();
    List<Thread> spawners = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      spawners.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    while (!stop.get()) {
                      web.call("brief", () -> {});
                    }
                  }));
    }
    try {
      for (int i = 0; i < 10; i++) {
        assertThat(web.tasks("/**[name=rare]")).hasSize(count / 1_000);
      }
      assertThat(web.tasks("/**[name=common][age<1h]")).hasSize(count - count / 1_000);
    } finally {
      stop.set(true);
      for (Thread spawner : spawners) {
        spawner.join();
      }
      release.countDown();
    }
    web.join();
    assertThat(web.view().live()).isZero();
  }

  @Test
  void word_unknown_isRefusedWithThoseThereAre() {
    TaskScope web = guard.root("web");

    assertThatThrownBy(() -> web.tasks("/web[state=praked]"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("state is one of [queued, running, parked, finished]");
    assertThatThrownBy(() -> web.scopes("/web[state=parked]"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("state is one of [open, draining, cancelling, closed]");
  }
}
