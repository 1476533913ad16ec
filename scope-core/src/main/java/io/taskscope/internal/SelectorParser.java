// SPDX-License-Identifier: Apache-2.0
package io.taskscope.internal;

import io.taskscope.internal.Condition.Operand;
import io.taskscope.internal.Condition.Operator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Reads a selector from left to right, once. */
final class SelectorParser {
  private static final int MAX_LENGTH = 1_000;
  private static final long MAX_REPETITIONS = 1_000;

  /** Not the braces of a character, as in \x{1F600}. */
  private static final Pattern REPETITION = Pattern.compile("(?<!\\\\x)\\{([0-9]+(?:,[0-9]+)?),?}");

  private static final String PATH_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789._-*/";
  private static final Map<String, Long> UNITS =
      Map.of(
          "ns", 1L,
          "us", 1_000L,
          "ms", 1_000_000L,
          "s", 1_000_000_000L,
          "m", 60_000_000_000L,
          "h", 3_600_000_000_000L);

  private final String text;
  private final Selector.Subject subject;
  private int at;

  SelectorParser(String text, Selector.Subject subject) {
    this.text = text;
    this.subject = subject;
  }

  Selector parse() {
    if (text.length() > MAX_LENGTH) {
      at = MAX_LENGTH;
      throw wrong("it is longer than " + MAX_LENGTH + " characters");
    }
    PathGlob glob = path();
    List<Condition> conditions = new ArrayList<>();
    while (at < text.length()) {
      conditions.add(condition());
    }
    return new Selector(glob, List.copyOf(conditions));
  }

  private PathGlob path() {
    if (!text.startsWith("/")) {
      throw wrong("a selector begins with a path, such as /web/**");
    }
    int start = at;
    while (at < text.length() && PATH_CHARACTERS.indexOf(text.charAt(at)) >= 0) {
      if (at > start && text.charAt(at) == '/' && text.charAt(at - 1) == '/') {
        throw wrong("a segment is empty");
      }
      at++;
    }
    if (at < text.length() && text.charAt(at) != '[') {
      throw wrong("a path has segments of a-z 0-9 . _ - or *, and conditions stand in [ ]");
    }
    String glob = text.substring(start, at);
    if (glob.length() > 1 && glob.endsWith("/")) {
      throw wrong("a segment is missing after the last /");
    }
    return new PathGlob(glob);
  }

  private Condition condition() {
    expect('[');
    Attribute attribute = attribute();
    int operatorAt = at;
    Operator operator = operator();
    if (operator.isOrder() && (attribute.kind == Attribute.Kind.TEXT || attribute.isWord())) {
      at = operatorAt;
      throw wrong(attribute + " is a text: it takes = != or ~");
    }
    int operandAt = at;
    String value = value();
    int end = at;
    at = operandAt; // where to point to if the value is wrong
    Operand operand = operand(attribute, operator, value);
    at = end;
    expect(']');
    return new Condition(attribute, operator, operand);
  }

  private Attribute attribute() {
    int start = at;
    while (at < text.length() && text.charAt(at) >= 'a' && text.charAt(at) <= 'z') {
      at++;
    }
    String label = text.substring(start, at);
    return Attribute.find(label, subject)
        .orElseThrow(
            () -> {
              at = start;
              return wrong(
                  "a %s has no \"%s\", but %s"
                      .formatted(subject.word, label, Attribute.all(subject)));
            });
  }

  private Operator operator() {
    for (Operator operator : Operator.values()) { // those of two characters come before their first
      if (text.startsWith(operator.symbol, at)) {
        at += operator.symbol.length();
        return operator;
      }
    }
    throw wrong("an operator belongs here: = != > >= < <= or ~");
  }

  /**
   * A text in single quotes, in which '' stands for one, or everything up to the closing bracket.
   */
  private String value() {
    StringBuilder value = new StringBuilder();
    if (at < text.length() && text.charAt(at) == '\'') {
      for (at++; at < text.length(); at++) {
        if (text.charAt(at) != '\'') {
          value.append(text.charAt(at));
        } else if (text.startsWith("''", at)) {
          value.append('\'');
          at++;
        } else {
          at++;
          return value.toString();
        }
      }
      throw wrong("the closing ' is missing");
    }
    while (at < text.length() && text.charAt(at) != ']') {
      value.append(text.charAt(at++));
    }
    return value.toString();
  }

  private Operand operand(Attribute attribute, Operator operator, String value) {
    if (operator == Operator.MATCHES) {
      if (repetitions(value) > MAX_REPETITIONS) {
        throw wrong("the repetitions {n} in it multiply to more than " + MAX_REPETITIONS);
      }
      try {
        return new Operand.Expression(new Matches(Pattern.compile(value)));
      } catch (PatternSyntaxException e) {
        throw wrong("not a regular expression: " + e.getDescription());
      } catch (StackOverflowError e) {
        throw wrong("the regular expression is nested too deeply");
      }
    }
    return switch (attribute.kind) {
      case TEXT -> new Operand.Text(value);
      case WORD -> new Operand.Text(word(attribute, value));
      case NUMBER -> new Operand.Quantity(number(value, "a whole number", 1));
      case DURATION -> new Operand.Quantity(duration(value));
    };
  }

  /** Counted loops over nothing look at no character, so that nothing else would stop them. */
  private static long repetitions(String expression) {
    long product = 1;
    Matcher counts = REPETITION.matcher(expression);
    while (counts.find() && product <= MAX_REPETITIONS) {
      for (String count : counts.group(1).split(",", -1)) {
        long times = count.length() > 9 ? Integer.MAX_VALUE : Long.parseLong(count);
        product *= Math.max(1, times);
      }
    }
    return product;
  }

  private String word(Attribute attribute, String value) {
    List<String> words = attribute.words(subject);
    if (!words.contains(value.toLowerCase(Locale.ROOT))) {
      throw wrong("%s is one of %s".formatted(attribute, words));
    }
    return value;
  }

  private long duration(String value) {
    int digits = 0;
    while (digits < value.length() && Character.digit(value.charAt(digits), 10) >= 0) {
      digits++;
    }
    Long unit = UNITS.get(value.substring(digits));
    if (unit == null) {
      throw wrong("\"" + value + "\" is not a duration such as 250ms 5s 2m 1h");
    }
    return number(value.substring(0, digits), "a duration such as 250ms 5s 2m 1h", unit);
  }

  private long number(String digits, String what, long unit) {
    try {
      return Math.multiplyExact(Long.parseLong(digits), unit);
    } catch (NumberFormatException | ArithmeticException e) {
      throw wrong("\"" + digits + "\" is not " + what);
    }
  }

  private void expect(char wanted) {
    if (at >= text.length() || text.charAt(at) != wanted) {
      throw wrong("'" + wanted + "' belongs here");
    }
    at++;
  }

  private IllegalArgumentException wrong(String why) {
    String shown = text.length() > MAX_LENGTH ? text.substring(0, MAX_LENGTH) + "…" : text;
    return new IllegalArgumentException(
        "bad selector, column %s: %s%n  %s%n  %s^".formatted(at + 1, why, shown, " ".repeat(at)));
  }
}
