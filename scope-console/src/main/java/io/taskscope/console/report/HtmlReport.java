// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.report;

import io.taskscope.console.analysis.RecordingReport;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * A report as one page that needs nothing else: style, script and data are in it, and its content
 * security policy forbids everything that is not.
 */
public final class HtmlReport {
  private static final String FOLDER = "/io/taskscope/console/html/";

  private HtmlReport() {}

  /**
   * Writes a page.
   *
   * @param report to show
   * @param out takes it; not closed
   * @throws IOException if writing fails
   */
  public static void write(RecordingReport report, Writer out) throws IOException {
    String style = resource("report.css");
    String script =
        resource("format.js")
            + resource("scope.js")
            + resource("tree.js")
            + resource("timeline.js")
            + resource("flame.js")
            + resource("report.js");
    String[] parts = resource("report.html").split("\\{\\{data}}", -1);
    if (parts.length != 2) {
      throw new IllegalStateException("report.html has no place for the data");
    }
    out.write(
        parts[0]
            .replace("{{style-hash}}", hash(style))
            .replace("{{script-hash}}", hash(script))
            .replace("{{style}}", style));
    JsonReport.writeForPage(report, out);
    out.write(parts[1].replace("{{script}}", script));
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return "sha256-" + Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }

  private static String resource(String name) {
    try (InputStream in = HtmlReport.class.getResourceAsStream(FOLDER + name)) {
      if (in == null) {
        throw new IllegalStateException(FOLDER + name + " is missing in the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
