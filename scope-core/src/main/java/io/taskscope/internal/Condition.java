// SPDX-License-Identifier: Apache-2.0
package io.taskscope.internal;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One comparison of a selector, such as {@code age>5s}. */
record Condition(Attribute attribute, Operator operator, Operand operand) {

  /** How to compare. */
  enum Operator {
    EQUAL("="),
    UNEQUAL("!="),
    AT_LEAST(">="),
    MORE(">"),
    AT_MOST("<="),
    LESS("<"),
    MATCHES("~");

    final String symbol;

    Operator(String symbol) {
      this.symbol = symbol;
    }

    boolean isOrder() {
      return this == AT_LEAST || this == MORE || this == AT_MOST || this == LESS;
    }

    boolean holds(int comparison) {
      return switch (this) {
        case EQUAL -> comparison == 0;
        case UNEQUAL -> comparison != 0;
        case AT_LEAST -> comparison >= 0;
        case MORE -> comparison > 0;
        case AT_MOST -> comparison <= 0;
        case LESS -> comparison < 0;
        case MATCHES -> throw new AssertionError("a pattern is not compared");
      };
    }
  }

  /** What to compare with. */
  sealed interface Operand {
    record Quantity(long value) implements Operand {}

    record Text(String value) implements Operand {}

    record Expression(Matches matches) implements Operand {}
  }

  /**
   * Whether it holds. A value that is not there, such as the outcome of a live task, only satisfies
   * {@code !=}.
   */
  boolean holds(@Nullable Object value) {
    if (value == null) {
      return operator == Operator.UNEQUAL;
    }
    return switch (operand) {
      case Operand.Quantity(long wanted) ->
          value instanceof Long number && operator.holds(Long.compare(number, wanted));
      case Operand.Text(String wanted) ->
          operator.holds(normal(value).equals(normal(wanted)) ? 0 : 1);
      case Operand.Expression(Matches matches) -> matches.of(normal(value));
    };
  }

  private String normal(Object value) {
    return attribute.isWord() ? value.toString().toLowerCase(Locale.ROOT) : value.toString();
  }
}
