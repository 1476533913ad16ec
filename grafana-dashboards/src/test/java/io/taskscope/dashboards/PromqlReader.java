// SPDX-License-Identifier: Apache-2.0
package io.taskscope.dashboards;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the selectors in a PromQL expression and the functions around them. It reads right
 * expressions rightly; whether one is right is asked of Prometheus.
 */
final class PromqlReader {
  private static final Pattern TOKEN =
      Pattern.compile(
          "\\s+|#[^\\n]*|(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)|(?<text>\"(?:[^\"\\\\]|\\\\.)*\")"
              + "|(?<number>[0-9][0-9a-zA-Z_.+]*)|(?<range>\\[[^\\]]*\\])|(?<symbol>=~|!~|!=|==|>=|<=|.)",
          Pattern.DOTALL);
  private static final Set<String> BEFORE_LABELS =
      Set.of("by", "without", "on", "ignoring", "group_left", "group_right");
  private static final Set<String> WORDS =
      Set.of("and", "or", "unless", "bool", "offset", "inf", "nan");

  private final List<String> tokens = new ArrayList<>();
  private final List<Selector> found = new ArrayList<>();
  private int at;

  /**
   * A selector.
   *
   * @param metric its name
   * @param matchers such as {@code job} to {@code =~"$job"}, the first where a label has several,
   *     as dashboard-linter does
   * @param range such as {@code 5m}, or nothing
   * @param functions around it, the innermost first
   */
  record Selector(
      String metric, Map<String, String> matchers, String range, List<String> functions) {
    boolean isRecorded() {
      return metric.contains(":");
    }
  }

  private PromqlReader(String expression) {
    Matcher token = TOKEN.matcher(expression);
    while (token.find()) {
      if (!token.group().isBlank() && !token.group().startsWith("#")) {
        tokens.add(token.group());
      }
    }
  }

  static List<Selector> selectors(String expression) {
    PromqlReader reader = new PromqlReader(expression);
    reader.read();
    return reader.found;
  }

  private void read() {
    Deque<String> functions = new ArrayDeque<>();
    String function = "";
    while (at < tokens.size()) {
      String token = tokens.get(at++);
      if (token.equals("(")) {
        functions.push(function);
        function = "";
      } else if (token.equals(")")) {
        functions.pop();
      } else if (BEFORE_LABELS.contains(token)) {
        skipLabels();
      } else if (isName(token) && !WORDS.contains(token)) {
        if (peek().equals("(") || BEFORE_LABELS.contains(peek())) {
          function = token;
        } else {
          found.add(selector(token, functions));
        }
      }
    }
  }

  private void skipLabels() {
    if (peek().equals("(")) {
      while (!tokens.get(at++).equals(")")) {
        // names and commas
      }
    }
  }

  private Selector selector(String metric, Deque<String> functions) {
    Map<String, String> matchers = new LinkedHashMap<>();
    if (peek().equals("{")) {
      at++;
      while (!peek().equals("}")) {
        String label = tokens.get(at++);
        matchers.putIfAbsent(label, tokens.get(at++) + tokens.get(at++));
        if (peek().equals(",")) {
          at++;
        }
      }
      at++;
    }
    String range = "";
    if (peek().startsWith("[")) {
      String token = tokens.get(at++);
      range = token.substring(1, token.length() - 1);
    }
    return new Selector(
        metric, matchers, range, functions.stream().filter(name -> !name.isEmpty()).toList());
  }

  private String peek() {
    return at < tokens.size() ? tokens.get(at) : "";
  }

  private static boolean isName(String token) {
    return Character.isLetter(token.charAt(0)) || token.charAt(0) == '_' || token.charAt(0) == ':';
  }
}
