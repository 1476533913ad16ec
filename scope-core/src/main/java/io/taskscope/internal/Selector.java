// SPDX-License-Identifier: Apache-2.0
package io.taskscope.internal;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A path pattern with conditions, as in {@code /web/**[state=parked][age>5s]}. Immutable. */
public final class Selector {
  /** What is selected. */
  public enum Subject {
    /** Scopes, by their own paths. */
    SCOPE("scope"),
    /** Tasks, by the paths of their scopes. */
    TASK("task");

    final String word;

    Subject(String word) {
      this.word = word;
    }
  }

  /** Gives the values of one scope or task. */
  @FunctionalInterface
  public interface Values {
    /**
     * A {@link Long} for numbers and for durations in nanoseconds, else a text; null where there is
     * none.
     */
    @Nullable Object get(Attribute attribute);
  }

  private final PathGlob glob;
  private final List<Condition> conditions;

  Selector(PathGlob glob, List<Condition> conditions) {
    this.glob = glob;
    this.conditions = conditions;
  }

  /**
   * Reads a selector.
   *
   * @throws IllegalArgumentException that points at the column where it goes wrong
   */
  public static Selector parse(String text, Subject subject) {
    return new SelectorParser(text, subject).parse();
  }

  /** Whether scopes of this path come into question. */
  public boolean matchesPath(String path) {
    return glob.matches(path);
  }

  /** Whether all conditions hold. */
  public boolean matches(Values values) {
    for (Condition condition : conditions) {
      if (!condition.holds(values.get(condition.attribute()))) {
        return false;
      }
    }
    return true;
  }

  /** Whether one of its conditions is about this. */
  public boolean asksFor(Attribute attribute) {
    return conditions.stream().anyMatch(condition -> condition.attribute() == attribute);
  }
}
