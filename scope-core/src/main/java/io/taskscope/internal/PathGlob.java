// SPDX-License-Identifier: Apache-2.0
package io.taskscope.internal;

import java.util.List;

/**
 * A pattern for paths: {@code *} stands for one segment, or for any part of one as in {@code
 * app-*}, and {@code **} for any number of segments, none included. Matching takes at most the
 * product of both lengths.
 */
final class PathGlob {
  private static final String ANY_NUMBER = "**";

  private final List<String> pattern;

  PathGlob(String glob) {
    pattern = segments(glob);
  }

  private static List<String> segments(String path) {
    return path.equals("/") ? List.of() : List.of(path.substring(1).split("/", -1));
  }

  boolean matches(String path) {
    List<String> segments = segments(path);
    // Row by row: whether the first i segments of the pattern match the first j of the path.
    boolean[] row = new boolean[segments.size() + 1];
    row[0] = true;
    for (String wanted : pattern) {
      boolean[] next = new boolean[row.length];
      if (wanted.equals(ANY_NUMBER)) {
        boolean reached = false;
        for (int j = 0; j < row.length; j++) {
          reached |= row[j];
          next[j] = reached;
        }
      } else {
        for (int j = 1; j < row.length; j++) {
          next[j] = row[j - 1] && segmentMatches(wanted, segments.get(j - 1));
        }
      }
      row = next;
    }
    return row[segments.size()];
  }

  /** The usual two-pointer match: on a mismatch the last star takes one character more. */
  private static boolean segmentMatches(String wanted, String segment) {
    int w = 0;
    int s = 0;
    int star = -1;
    int taken = 0;
    while (s < segment.length()) {
      if (w < wanted.length() && wanted.charAt(w) == '*') {
        star = w++;
        taken = s;
      } else if (w < wanted.length() && wanted.charAt(w) == segment.charAt(s)) {
        w++;
        s++;
      } else if (star >= 0) {
        w = star + 1;
        s = ++taken;
      } else {
        return false;
      }
    }
    while (w < wanted.length() && wanted.charAt(w) == '*') {
      w++;
    }
    return w == wanted.length();
  }
}
