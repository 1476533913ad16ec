// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.taskscope.console.workload.ScriptedRecording;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.Keys;
import org.openqa.selenium.logging.LogType;

/** The page of a report as Chromium shows it. */
class HtmlPageIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path folder;

  private static Browser browser;
  private static Path page;
  private static JsonNode report;

  @BeforeAll
  static void open() throws Exception {
    browser = Browser.start();
    Path recording = folder.resolve("scripted.jfr");
    ScriptedRecording.write(recording);
    page = folder.resolve("scripted.html");
    run("report", recording.toString(), "--html", page.toString());
    report = JSON.readTree(run("report", recording.toString(), "--json"));
  }

  @AfterAll
  static void close() {
    if (browser != null) {
      browser.close();
    }
  }

  static String run(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = Taskscope.commandLine(new PrintWriter(out), new PrintWriter(err)).execute(args);
    assertThat(code).as(err.toString()).isEqualTo(ExitCode.OK);
    return out.toString();
  }

  private static void openPage() {
    browser.open(page, 1_400, "light");
  }

  @Test
  void page_opened_logsNothingAndAsksForNothing() throws Exception {
    openPage();
    assertThat(browser.logs(LogType.BROWSER)).isEmpty();
    List<String> requests =
        browser.logs(LogType.PERFORMANCE).stream()
            .filter(event -> event.contains("\"Network.requestWillBeSent\""))
            .map(HtmlPageIT::url)
            .toList();
    assertThat(requests).containsExactly(page.toUri().toString());
  }

  private static String url(String event) {
    try {
      return JSON.readTree(event).at("/message/params/request/url").asText();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void policy_somethingWantsTheNetwork_isRefused() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          asked.incrementAndGet();
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
    try {
      openPage();
      Object answer =
          browser.answer(
              """
              const done = arguments[1], image = new Image();
              image.onload = () => done('loaded');
              image.onerror = () => fetch(arguments[0]).then(() => done('fetched'), () => done('refused'));
              image.src = arguments[0];
              """,
              "http://127.0.0.1:" + server.getAddress().getPort() + "/");
      assertThat(answer).isEqualTo("refused");
      assertThat(asked).hasValue(0);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void findings_onThePage_areFirstWithSeveritySentenceAndEvidence() {
    openPage();
    assertThat(browser.all("main section").getFirst().getDomAttribute("id")).isEqualTo("findings");
    List<String> shown = browser.texts("#findings article");
    JsonNode findings = report.get("findings");
    assertThat(findings).isNotEmpty();
    assertThat(shown).hasSize(findings.size());
    for (int i = 0; i < shown.size(); i++) {
      JsonNode finding = findings.get(i);
      assertThat(shown.get(i))
          .contains(finding.get("severity").asText(), finding.get("sentence").asText())
          .matches(text -> texts(finding.get("evidence")).stream().allMatch(text::contains))
          .matches(text -> texts(finding.get("stack")).stream().allMatch(text::contains));
    }
  }

  private static List<String> texts(JsonNode values) {
    return StreamSupport.stream(values.spliterator(), false).map(JsonNode::asText).toList();
  }

  @Test
  void scopes_onThePage_haveCountsAndTheSplit() {
    openPage();
    List<String> paths =
        browser.all("#scopes tr[data-path]").stream()
            .map(row -> row.getDomAttribute("data-path"))
            .toList();
    assertThat(paths)
        .containsExactly(
            "/web", "/web/app-a", ScriptedRecording.HANDLERS, ScriptedRecording.TIMERS);
    List<String> cells =
        browser.texts("#scopes tr[data-path='%s'] td".formatted(ScriptedRecording.HANDLERS));
    assertThat(cells.get(1)).isEqualTo("" + ScriptedRecording.HANDLED);
    assertThat(cells.get(2)).isEqualTo("" + ScriptedRecording.FAILED);
    assertThat(split(ScriptedRecording.HANDLERS))
        .isEqualTo("running 30 %, queued 20 %, parked 50 %");
    assertThat(browser.texts("#scopes th")).contains("CPU", "Allocated", "Longest waits for");
  }

  private static String split(String path) {
    return browser
        .one("#scopes tr[data-path='%s'] .split".formatted(path))
        .getDomAttribute("aria-label");
  }

  @Test
  void scopes_byKeyboard_moveFoldAndTellMore() {
    openPage();
    browser.script("document.querySelector('#scopes tr[data-path]').focus()");
    browser.press(Keys.ARROW_DOWN, Keys.ARROW_LEFT);
    assertThat(browser.all("#scopes tr[data-path]")).hasSize(2);
    assertThat(browser.focused())
        .contains("/app-a", "(sum)", "251"); // 200, 50 and the one given up
    browser.press(Keys.ARROW_RIGHT);
    assertThat(browser.all("#scopes tr[data-path]")).hasSize(4);
    browser.press(Keys.ARROW_DOWN, Keys.ENTER);
    assertThat(browser.one("#scopes .about").getText())
        .contains("started", "failure", "cancelled", "p90", "GET /users/{id}")
        .contains("java.lang.IllegalStateException");
    browser.press(Keys.ENTER);
    assertThat(browser.all("#scopes .about")).isEmpty();
  }

  @Test
  void scopes_filtered_areThoseThatContainIt() {
    openPage();
    browser.press("/");
    browser.press("TIMER");
    assertThat(browser.texts("#scopes tr[data-path] .more"))
        .containsExactly(ScriptedRecording.TIMERS);
    browser.press("s-of-mars");
    assertThat(browser.one("#scopes .none").getText())
        .isEqualTo("No path contains “TIMERs-of-mars”.");
    browser.press(Keys.ESCAPE);
    assertThat(browser.all("#scopes tr[data-path]")).hasSize(4);
  }

  @Test
  void tasks_sortedAndUnfolded_areAllThereInOrder() {
    openPage();
    int all = report.get("slowestTasks").size() + report.get("liveTasks").size();
    assertThat(browser.all("#tasks tbody tr")).hasSize(15);
    browser.click("#tasks .all");
    assertThat(browser.all("#tasks tbody tr")).hasSize(all);
    browser.click("#tasks th:nth-child(2) button");
    assertThat(ids()).isSortedAccordingTo((a, b) -> Long.compare(b, a)).doesNotHaveDuplicates();
    browser.click("#tasks th:nth-child(2) button");
    assertThat(ids()).isSorted();
    assertThat(browser.one("#tasks th:nth-child(2)").getDomAttribute("aria-sort"))
        .isEqualTo("ascending");
  }

  private static List<Long> ids() {
    return browser.texts("#tasks tbody td:nth-child(2)").stream().map(Long::valueOf).toList();
  }

  @Test
  void waits_unfolded_showTheStack() {
    openPage();
    assertThat(browser.texts("#waits tbody tr").getFirst())
        .contains("park for java.util.concurrent.locks.ReentrantLock", ScriptedRecording.HANDLERS)
        .contains("" + ScriptedRecording.LOCK_WAITS);
    assertThat(browser.one("#waits pre").isDisplayed()).isFalse();
    browser.click("#waits summary");
    assertThat(browser.one("#waits pre").getText()).contains("ScriptedRecording.park");
  }

  @Test
  void stacks_ofAScope_zoomByKeyboard() {
    openPage();
    assertThat(browser.texts("#flame select:first-of-type option")).contains("Parked time");
    browser.script(
        """
        const [kind, path] = document.querySelectorAll('#flame select');
        kind.value = 'parked'; kind.dispatchEvent(new Event('change'));
        path.value = arguments[0]; path.dispatchEvent(new Event('change'));
        document.querySelector('#flame .frame').focus();
        """,
        ScriptedRecording.HANDLERS);
    assertThat(browser.focused()).isEqualTo(ScriptedRecording.HANDLERS);
    int frames = browser.all("#flame .frame").size();
    assertThat(frames).isGreaterThan(3);
    browser.press(Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ENTER);
    assertThat(browser.one("#flame .where").getText()).contains("ms, 100 %");
    browser.press(Keys.ESCAPE);
    assertThat(browser.all("#flame .frame")).hasSize(frames);
  }

  @Test
  void timeline_onThePage_hasLivesAndPhases() {
    openPage();
    List<String> titles = browser.texts("#timeline title");
    assertThat(titles)
        .anyMatch(title -> title.startsWith(ScriptedRecording.HANDLERS + ": at most"))
        .anyMatch(title -> title.contains("still-running") && title.endsWith("live"))
        .anyMatch(title -> title.contains("still-running") && title.endsWith("abandoned"))
        .contains(ScriptedRecording.TIMERS + " cancel: abandoned in 250 ms");
    assertThat(browser.texts("#shutdown article").getFirst())
        .contains("still-running", "com.example.Import.spin(Import.java:42)");
  }

  @Test
  void unknown_nothing_isSaid() {
    openPage();
    assertThat(report.get("unknown")).isEmpty();
    assertThat(browser.one("#unknown .none").getText()).isEqualTo("Nothing that is known of.");
  }

  @Test
  void keyboard_fromTheTop_reachesEverySection() {
    openPage();
    browser.tab();
    assertThat(browser.focused()).isEqualTo("Skip to the findings");
    List<String> reached =
        IntStream.range(0, 120)
            .mapToObj(
                i -> {
                  browser.tab();
                  return (String)
                      browser.script(
                          "return document.activeElement.closest('section')?.id || 'none'");
                })
            .distinct()
            .toList();
    assertThat(reached)
        .contains("findings", "scopes", "flame", "tasks", "waits", "shutdown")
        .doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @CsvSource({"1400, light", "1400, dark", "390, light", "390, dark"})
  void page_anyWidthAndTheme_isReadableWithoutScrollingSideways(int width, String theme) {
    browser.open(page, width, theme);
    assertThat((Long) browser.script("return document.documentElement.scrollWidth"))
        .isLessThanOrEqualTo(width);
    assertThat((List<?>) browser.script(PALE)).isEmpty();
  }

  /** Texts whose contrast with what is behind them is below 4.5 to 1, as WCAG 2.2 asks for. */
  private static final String PALE =
      """
      const parse = color => color.match(/[0-9.]+/g).map(Number);
      const light = c => { const [r, g, b] = c.map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
      const behind = e => { const layers = []; for (; e; e = e.parentElement) layers.push(parse(getComputedStyle(e).backgroundColor));
        return layers.reverse().reduce((under, [r, g, b, a = 1]) => [r, g, b].map((v, i) => v * a + under[i] * (1 - a)), [255, 255, 255]); };
      const pale = new Set();
      for (const e of document.querySelectorAll('body *')) {
        if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) || !e.checkVisibility() || e.closest('svg, noscript, script, style')) continue;
        const [a, b] = [light(parse(getComputedStyle(e).color).slice(0, 3)), light(behind(e))];
        const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (contrast < 4.5) pale.add(e.tagName + '.' + e.className + ' ' + contrast.toFixed(2) + ' ' + e.textContent.slice(0, 30));
      }
      return [...pale];
      """;
}
