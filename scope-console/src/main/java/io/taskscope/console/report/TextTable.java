// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.report;

import io.taskscope.console.analysis.Text;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * A table for terminals: the first column is at the left and gives way when the width is too small,
 * the others are at the right. Columns whose heading begins with a question mark are left out
 * first.
 */
public final class TextTable {
  private static final int MIN_FIRST = 16;
  private static final int MAX_OTHERS = 60;

  private final List<String> headings;
  private final List<List<String>> rows = new ArrayList<>();

  /**
   * A table without rows.
   *
   * @param headings of the columns
   */
  public TextTable(String... headings) {
    this.headings = List.of(headings);
  }

  /**
   * Adds a row; what a terminal would obey is made visible.
   *
   * @param cells as many as there are headings
   */
  public void row(String... cells) {
    List<String> row = new ArrayList<>();
    for (String cell : cells) {
      row.add(row.isEmpty() ? Text.printable(cell) : fit(cell, MAX_OTHERS));
    }
    rows.add(row);
  }

  /** {@return whether there are no rows} */
  public boolean isEmpty() {
    return rows.isEmpty();
  }

  /**
   * Writes the table.
   *
   * @param out takes it
   * @param width of the terminal
   * @param style makes the heading stand out
   */
  public void write(PrintWriter out, int width, Style style) {
    int[] widths = new int[headings.size()];
    List<Integer> shown = new ArrayList<>();
    int used = 0;
    for (int i = 0; i < widths.length; i++) {
      int column = i;
      widths[i] =
          Math.max(
              heading(i).length(),
              rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0));
      shown.add(i);
      used += widths[i] + 2;
    }
    for (int i = widths.length - 1; i > 0 && used - widths[0] + MIN_FIRST > width; i--) {
      if (headings.get(i).startsWith("?")) {
        shown.remove(Integer.valueOf(i));
        used -= widths[i] + 2;
      }
    }
    widths[0] =
        Math.max(Math.min(MIN_FIRST, widths[0]), Math.min(widths[0], widths[0] + width - used));
    out.println(style.faint(line(shown, widths, headings.stream().map(TextTable::bare).toList())));
    for (List<String> row : rows) {
      out.println(line(shown, widths, row));
    }
  }

  private String heading(int i) {
    return bare(headings.get(i));
  }

  private static String bare(String heading) {
    return heading.startsWith("?") ? heading.substring(1) : heading;
  }

  private static String line(List<Integer> shown, int[] widths, List<String> cells) {
    StringBuilder line = new StringBuilder();
    for (int i : shown) {
      String cell = cells.get(i);
      if (i == 0) {
        String fitted = fit(cell, widths[0]);
        line.append(fitted).append(" ".repeat(widths[0] - fitted.length()));
      } else {
        line.append("  ").append(" ".repeat(widths[i] - cell.length())).append(cell);
      }
    }
    return line.toString().stripTrailing();
  }

  /**
   * {@return the text as one printable line, with its end cut off where it is too long}
   *
   * @param text any
   * @param width in characters, at least 1
   */
  public static String fit(String text, int width) {
    String line = Text.printable(text);
    return line.length() <= width ? line : line.substring(0, width - 1) + "…";
  }
}
