// SPDX-License-Identifier: Apache-2.0
package io.taskscope.metrics;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The formats of a scrape, and which of them a client wants. */
enum ScrapeFormat {
  /** What every client understands. */
  PROMETHEUS("text/plain", "text/plain; version=0.0.4; charset=utf-8"),
  /** With exemplars. */
  OPEN_METRICS(
      "application/openmetrics-text", "application/openmetrics-text; version=1.0.0; charset=utf-8");

  private final String mediaType;
  private final String contentType;

  ScrapeFormat(String mediaType, String contentType) {
    this.mediaType = mediaType;
    this.contentType = contentType;
  }

  String contentType() {
    return contentType;
  }

  /**
   * OpenMetrics if the client names it and does not like plain text better; else plain text, also
   * for a client that accepts neither, as a person with a strange tool is better served by it than
   * by an error.
   */
  static ScrapeFormat accepted(@Nullable List<String> accept) {
    double openMetrics = quality(accept, OPEN_METRICS.mediaType);
    return openMetrics > 0 && openMetrics >= quality(accept, PROMETHEUS.mediaType)
        ? OPEN_METRICS
        : PROMETHEUS;
  }

  static boolean acceptsGzip(@Nullable List<String> acceptEncoding) {
    return quality(acceptEncoding, "gzip") > 0;
  }

  /** The highest weight a header gives to exactly this value; 0 if it does not name it. */
  private static double quality(@Nullable List<String> header, String value) {
    double highest = 0;
    if (header != null) {
      for (String line : header) {
        for (String choice : line.split(",", -1)) {
          String[] parts = choice.split(";", -1);
          if (parts[0].strip().toLowerCase(Locale.ROOT).equals(value)) {
            highest = Math.max(highest, quality(parts));
          }
        }
      }
    }
    return highest;
  }

  private static double quality(String[] parts) {
    for (int i = 1; i < parts.length; i++) {
      String parameter = parts[i].strip().toLowerCase(Locale.ROOT);
      if (parameter.startsWith("q=")) {
        try {
          return Double.parseDouble(parameter.substring(2));
        } catch (NumberFormatException e) {
          return 0;
        }
      }
    }
    return 1;
  }
}
