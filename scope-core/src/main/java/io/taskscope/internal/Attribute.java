// SPDX-License-Identifier: Apache-2.0
package io.taskscope.internal;

import io.taskscope.Outcome;
import io.taskscope.ScopeState;
import io.taskscope.TaskOrigin;
import io.taskscope.TaskState;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What selectors can ask of scopes and tasks. */
public enum Attribute {
  ID(Kind.NUMBER, true, true),
  NAME(Kind.TEXT, true, true),
  PATH(Kind.TEXT, true, false),
  STATE(Kind.WORD, true, true),
  LIVE(Kind.NUMBER, true, false),
  STARTED(Kind.NUMBER, true, false),
  FAILED(Kind.NUMBER, true, false),
  AGE(Kind.DURATION, true, true),
  DEPTH(Kind.NUMBER, true, false),
  RUN(Kind.DURATION, false, true),
  QUEUED(Kind.DURATION, false, true),
  PARKED(Kind.DURATION, false, true),
  STEPS(Kind.NUMBER, false, true),
  ORIGIN(Kind.WORD, false, true),
  OUTCOME(Kind.WORD, false, true),
  REASON(Kind.TEXT, false, true),
  PARENT(Kind.NUMBER, false, true);

  /** What values it has. */
  enum Kind {
    NUMBER,
    DURATION,
    TEXT,
    WORD
  }

  final Kind kind;
  private final boolean ofScopes;
  private final boolean ofTasks;
  private final String label = name().toLowerCase(Locale.ROOT);

  Attribute(Kind kind, boolean ofScopes, boolean ofTasks) {
    this.kind = kind;
    this.ofScopes = ofScopes;
    this.ofTasks = ofTasks;
  }

  boolean isWord() {
    return kind == Kind.WORD;
  }

  boolean isOf(Selector.Subject subject) {
    return subject == Selector.Subject.SCOPE ? ofScopes : ofTasks;
  }

  /** The words it can be, for scopes or for tasks; empty if it is no word. */
  List<String> words(Selector.Subject subject) {
    Enum<?>[] values =
        switch (this) {
          case STATE ->
              subject == Selector.Subject.SCOPE ? ScopeState.values() : TaskState.values();
          case ORIGIN -> TaskOrigin.values();
          case OUTCOME -> Outcome.Kind.values();
          default -> new Enum<?>[0];
        };
    return Arrays.stream(values).map(value -> value.name().toLowerCase(Locale.ROOT)).toList();
  }

  static Optional<Attribute> find(String label, Selector.Subject subject) {
    return all(subject).stream().filter(attribute -> attribute.label.equals(label)).findFirst();
  }

  static List<Attribute> all(Selector.Subject subject) {
    return Arrays.stream(values()).filter(attribute -> attribute.isOf(subject)).toList();
  }

  @Override
  public String toString() {
    return label;
  }
}
