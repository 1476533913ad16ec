// SPDX-License-Identifier: Apache-2.0
package io.taskscope.jfr;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import jdk.jfr.Configuration;

/**
 * The settings that come with this module. Each is a {@code .jfc} file about the events of
 * Taskscope alone, to be used on top of one of the JDK's.
 *
 * <pre>{@code
 * Recording recording = new Recording();
 * recording.setSettings(RecordingSettings.PRODUCTION.withThoseOfTheJdk());
 * }</pre>
 */
public enum RecordingSettings {
  /** Tasks, scopes, and waits of 10 ms and more; on top of the JDK's {@code default}. */
  PRODUCTION("taskscope.jfc", "default"),
  /** Every task, step and wait, for minutes; on top of the JDK's {@code profile}. */
  PROFILE("taskscope-profile.jfc", "profile");

  private final String fileName;
  private final String base;

  RecordingSettings(String fileName, String base) {
    this.fileName = fileName;
    this.base = base;
  }

  /** The name of the file, in this module's jar below {@code io/taskscope/jfr}. */
  public String fileName() {
    return fileName;
  }

  /** The settings of the file, about the events of Taskscope alone. */
  public Configuration configuration() {
    try (Reader reader = new InputStreamReader(open(), StandardCharsets.UTF_8)) {
      return Configuration.create(reader);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ParseException e) {
      throw new IllegalStateException(fileName + " cannot be parsed", e);
    }
  }

  /**
   * The settings of the JDK with these on top, for {@code Recording.setSettings}.
   *
   * @throws IllegalStateException if this JDK does not have the settings it usually has
   */
  public Map<String, String> withThoseOfTheJdk() {
    try {
      Map<String, String> settings =
          new HashMap<>(Configuration.getConfiguration(base).getSettings());
      settings.putAll(configuration().getSettings());
      return settings;
    } catch (IOException | ParseException e) {
      throw new IllegalStateException("this JDK has no usable settings named " + base, e);
    }
  }

  /**
   * Writes the file, for {@code -XX:StartFlightRecording:settings=}, {@code jcmd} and {@code jfr
   * configure}; one that is there is left as it is.
   *
   * @return the file
   * @throws java.nio.file.FileAlreadyExistsException if there is a file of that name
   */
  public Path writeTo(Path directory) throws IOException {
    Path file = directory.resolve(fileName);
    try (InputStream in = open()) {
      Files.copy(in, file);
    }
    return file;
  }

  private InputStream open() {
    return Objects.requireNonNull(
        RecordingSettings.class.getResourceAsStream(fileName), fileName + " is in the jar");
  }
}
