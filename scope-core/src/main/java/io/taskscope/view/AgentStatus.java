// SPDX-License-Identifier: Apache-2.0
package io.taskscope.view;

import java.util.List;
import java.util.Locale;

/**
 * What the agent does in this JVM.
 *
 * @param state whether it is there and complete
 * @param missing a sentence each: with {@link State#PARTIAL} what it cannot do on this JDK and has
 *     turned off, with {@link State#FAILED} why it does nothing; else empty
 */
public record AgentStatus(State state, List<String> missing) {
  /** There is no agent, or it stands aside. */
  public static final AgentStatus NONE = new AgentStatus(State.OFF, List.of());

  /** Keeps an immutable copy of the list. */
  public AgentStatus {
    missing = List.copyOf(missing);
  }

  /** Whether the agent is there. */
  public enum State {
    /** It is not. */
    OFF,
    /** It is, and does all it can do. */
    ON,
    /** It is, and lacks something on this JDK. */
    PARTIAL,
    /** It was to be there, and could not start: as without it, nothing is measured or adopted. */
    FAILED;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** The value of the {@code agent} label in all telemetry: the name in lower case. */
    public String label() {
      return label;
    }
  }
}
