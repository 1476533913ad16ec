// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** Chromium without a window, and what the tests ask of it. */
final class Browser implements AutoCloseable {
  private final ChromeDriver driver;

  private Browser(ChromeDriver driver) {
    this.driver = driver;
  }

  /** Starts one; where there is none, the test is skipped, and with {@code CI} set it fails. */
  static Browser start() {
    Optional<Path> chromium = onPath("chromium", "chromium-browser", "google-chrome");
    Optional<Path> control = onPath("chromedriver");
    boolean there = chromium.isPresent() && control.isPresent();
    if (System.getenv("CI") != null) {
      assertThat(there).as("chromium and chromedriver on the PATH").isTrue();
    }
    assumeTrue(there, "needs chromium and chromedriver on the PATH");
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    logs.enable(LogType.PERFORMANCE, Level.ALL);
    ChromeOptions options = new ChromeOptions();
    options.setBinary(chromium.orElseThrow().toFile());
    options.setCapability("goog:loggingPrefs", logs);
    options.addArguments(
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage");
    // Else Selenium would look for one in the network.
    System.setProperty("webdriver.chrome.driver", control.orElseThrow().toString());
    return new Browser(new ChromeDriver(options));
  }

  private static Optional<Path> onPath(String... names) {
    String[] folders = System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1);
    return Stream.of(names)
        .flatMap(name -> Stream.of(folders).map(folder -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Opens a page at a width; its script has drawn all when this returns. */
  void open(Path page, int width, String theme) {
    logs(LogType.BROWSER);
    logs(LogType.PERFORMANCE);
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", 900, "deviceScaleFactor", 1, "mobile", width < 600));
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", theme))));
    driver.get(page.toUri().toString());
    assertThat(one("html").getDomAttribute("data-ready")).isEqualTo("true");
  }

  /** What the page has written into a log since it was opened or since the last call. */
  List<String> logs(String type) {
    return driver.manage().logs().get(type).getAll().stream().map(LogEntry::getMessage).toList();
  }

  /** All that match; none is not waited for. */
  List<WebElement> all(String selector) {
    return driver.findElements(By.cssSelector(selector));
  }

  WebElement one(String selector) {
    return driver.findElement(By.cssSelector(selector));
  }

  /** The texts of all that match, as they are in the document. */
  List<String> texts(String selector) {
    return all(selector).stream().map(element -> element.getDomProperty("textContent")).toList();
  }

  Object script(String code, Object... arguments) {
    return driver.executeScript(code, arguments);
  }

  Object answer(String code, Object... arguments) {
    return driver.executeAsyncScript(code, arguments);
  }

  /** Presses keys on whatever has the focus. */
  void press(CharSequence... keys) {
    new Actions(driver).sendKeys(keys).perform();
  }

  void click(String selector) {
    script("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", one(selector));
    one(selector).click();
  }

  /** What has the focus: its text. */
  String focused() {
    return String.valueOf(script("return document.activeElement.textContent"));
  }

  void tab() {
    press(Keys.TAB);
  }

  @Override
  public void close() {
    driver.quit();
  }
}
