// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.taskscope.console.workload.HostileRecording;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.logging.LogType;

/** Names that look like markup, scripts or commands are text on the page. */
class HostileNamesIT {
  private static final String FILE = "<img src=x onerror=window.hacked=1> '\" & \u202e.jfr";

  @TempDir static Path folder;

  private static Browser browser;
  private static Path page;

  @BeforeAll
  static void open() throws Exception {
    browser = Browser.start();
    Path recording = folder.resolve(FILE);
    HostileRecording.write(recording);
    page = folder.resolve("hostile page #1.html");
    HtmlPageIT.run("report", recording.toString(), "--html", page.toString());
  }

  @AfterAll
  static void close() {
    if (browser != null) {
      browser.close();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1_400, 390})
  void names_hostile_areTextAndNothingRuns(int width) {
    browser.open(page, width, "dark");
    browser.click("#scopes tr[data-path]:last-of-type .more"); // what is only shown on request
    assertThat(browser.script("return window.hacked ?? null")).isNull();
    assertThat(browser.logs(LogType.BROWSER)).isEmpty();
    assertThat(browser.all("main img, main script, h1 img, svg script")).isEmpty();
    assertThat((Long) browser.script("return document.documentElement.scrollWidth"))
        .isLessThanOrEqualTo(width);
    assertThat(browser.one("h1").getText())
        .isEqualTo("<img src=x onerror=window.hacked=1> '\" & \\u202e.jfr");
  }

  @Test
  void names_hostile_areShownInFull() {
    browser.open(page, 1_400, "light");
    List<String> tasks = browser.texts("#tasks tbody td:first-child");
    for (String name : HostileRecording.NAMES) {
      String shown = onPage(name) + HostileRecording.SCOPE;
      assertThat(tasks).contains(shown);
    }
  }

  @Test
  void unknown_onThePage_isWhatTheReportSays() throws Exception {
    String json = HtmlPageIT.run("report", folder.resolve(FILE).toString(), "--json");
    List<String> said = new ArrayList<>();
    for (JsonNode unknown : new ObjectMapper().readTree(json).get("unknown")) {
      said.add(unknown.get("sentence").asText());
    }
    browser.open(page, 1_400, "light");
    assertThat(browser.texts("#unknown li")).isNotEmpty().isEqualTo(said);
  }

  /** Long ones are cut, and what hides or reorders text is written by its number. */
  private static String onPage(String name) {
    String cut = name.length() > 160 ? name.substring(0, 160) + "…" : name;
    return cut.replace("\u202e", "\\u202e")
        .replace("\u001b", "\\u001b")
        .replace("\u0007", "\\u0007")
        .replace("\u2028", "\\u2028");
  }
}
