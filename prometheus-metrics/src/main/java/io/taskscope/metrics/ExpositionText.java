// SPDX-License-Identifier: Apache-2.0
package io.taskscope.metrics;

import io.prometheus.metrics.model.snapshots.Labels;
import io.taskscope.hook.TraceContext;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes our metrics in one of the two text formats. The writers of the Prometheus library check
 * and escape every label of every line anew; here the labels of a series are bytes that were made
 * with it, which is what makes a scrape of a thousand paths a matter of milliseconds.
 *
 * <p>Source of the formats: <a
 * href="https://prometheus.io/docs/instrumenting/exposition_formats/">Prometheus text format
 * 0.0.4</a> and <a href="https://prometheus.io/docs/specs/om/open_metrics_spec/">OpenMetrics
 * 1.0.0</a>.
 */
final class ExpositionText {
  private static final int CHUNK = 1 << 15;

  /** From here on {@link Double#toString} writes an exponent. */
  private static final double PLAIN_DIGITS = 1e7;

  private final OutputStream out;
  private final boolean openMetrics;
  private byte[] buffer = new byte[CHUNK + 1024];
  private int length;

  ExpositionText(OutputStream out, ScrapeFormat format) {
    this.out = out;
    openMetrics = format == ScrapeFormat.OPEN_METRICS;
  }

  boolean isOpenMetrics() {
    return openMetrics;
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** The labels as they stand between the braces. */
  static byte[] bytes(Labels labels) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < labels.size(); i++) {
      text.append(i == 0 ? "" : ",").append(labels.getPrometheusName(i)).append("=\"");
      text.append(
          labels.getValue(i).replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n"));
      text.append('"');
    }
    return bytes(text.toString());
  }

  /** What stands above the samples of a metric. */
  void head(byte[] name, byte[] type, byte[] help) throws IOException {
    if (openMetrics) {
      line("# TYPE ", name, type);
      line("# HELP ", name, help);
    } else {
      line("# HELP ", name, help);
      line("# TYPE ", name, type);
    }
  }

  private void line(String keyword, byte[] name, byte[] rest) throws IOException {
    text(keyword);
    write(name);
    write(' ');
    write(rest);
    end();
  }

  /** A sample up to its value. */
  void sample(byte[] name, byte[] labels, byte[] moreLabels) throws IOException {
    write(name);
    if (labels.length + moreLabels.length > 0) {
      write('{');
      write(labels);
      if (labels.length > 0 && moreLabels.length > 0) {
        write(',');
      }
      write(moreLabels);
      write('}');
    }
    write(' ');
  }

  void value(double value) throws IOException {
    long whole = (long) value;
    if (whole == value && Math.abs(value) < PLAIN_DIGITS && (whole != 0 || 1 / value > 0)) {
      value(whole);
      write('.');
      write('0');
    } else if (Double.isInfinite(value)) {
      text(value > 0 ? "+Inf" : "-Inf");
    } else {
      text(Double.toString(value));
    }
  }

  void value(long value) throws IOException {
    if (value < 0) {
      text(Long.toString(value));
      return;
    }
    room();
    int digits = 1;
    for (long rest = value / 10; rest > 0; rest /= 10) {
      digits++;
    }
    long rest = value;
    for (int at = length + digits - 1; at >= length; at--) {
      buffer[at] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    length += digits;
  }

  void exemplar(TraceContext context, double value, long atMillis) throws IOException {
    text(" # {span_id=\"");
    text(context.spanIdHex());
    text("\",trace_id=\"");
    text(context.traceIdHex());
    text("\"} ");
    value(value);
    write(' ');
    value(atMillis / 1_000);
    write('.');
    long millis = atMillis % 1_000;
    write((char) ('0' + millis / 100));
    write((char) ('0' + millis / 10 % 10));
    write((char) ('0' + millis % 10));
  }

  void end() throws IOException {
    write('\n');
  }

  void flush() throws IOException {
    out.write(buffer, 0, length);
    length = 0;
  }

  private void text(String ascii) throws IOException {
    write(ascii.getBytes(StandardCharsets.ISO_8859_1));
  }

  private void write(char ascii) throws IOException {
    room();
    buffer[length++] = (byte) ascii;
  }

  private void write(byte[] bytes) throws IOException {
    room();
    if (bytes.length > buffer.length - length) {
      flush();
      out.write(bytes, 0, bytes.length);
      return;
    }
    System.arraycopy(bytes, 0, buffer, length, bytes.length);
    length += bytes.length;
  }

  /** For a number at least. */
  private void room() throws IOException {
    if (length > CHUNK) {
      flush();
    }
  }
}
