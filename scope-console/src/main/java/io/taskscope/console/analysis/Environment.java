// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.analysis;

import io.taskscope.console.recording.Batch;
import io.taskscope.console.recording.EventKind;
import io.taskscope.console.recording.Names;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Who wrote the recording, with which settings, and what the writer says is missing. */
public final class Environment {
  private static final int MAX_SETTINGS = 20_000;

  private final Names names;
  private String jvm = "";
  private long pid;
  private final Map<Long, Map<String, String>> settings = new HashMap<>();
  private String agent = "";
  private String agentMissing = "";
  private long eventsDropped;
  private long tasksLeftOut;
  private long pathsOverflowed;
  private final Tally dataLoss = new Tally();
  private long samplesLost;

  Environment(Names names) {
    this.names = names;
  }

  void accept(EventKind kind, Batch batch, int i) {
    switch (kind) {
      case JVM -> {
        String version = names.text(batch.get(i, EventKind.JVM.slot("jvmVersion")));
        jvm = version.replaceAll("\\s+", " ");
        pid = batch.get(i, EventKind.JVM.slot("pid"));
      }
      case SETTING -> setting(batch, i);
      case STATUS -> {
        agent = names.text(batch.get(i, Slots.STATUS_AGENT));
        agentMissing = names.text(batch.get(i, Slots.STATUS_MISSING));
        eventsDropped = Math.max(eventsDropped, batch.get(i, Slots.STATUS_DROPPED));
        tasksLeftOut = Math.max(tasksLeftOut, batch.get(i, Slots.STATUS_LEFT_OUT));
        pathsOverflowed = Math.max(pathsOverflowed, batch.get(i, Slots.STATUS_OVERFLOWED));
      }
      case DATA_LOSS -> dataLoss.add(0, batch.get(i, Slots.FIRST));
      case SAMPLES_LOST -> samplesLost += batch.get(i, Slots.FIRST);
      default -> throw new IllegalArgumentException(kind.name());
    }
  }

  private void setting(Batch batch, int i) {
    long type = batch.get(i, Slots.SETTING_ID);
    if (settings.size() < MAX_SETTINGS || settings.containsKey(type)) {
      settings
          .computeIfAbsent(type, t -> new TreeMap<>())
          .put(
              names.text(batch.get(i, Slots.SETTING_NAME)),
              names.text(batch.get(i, Slots.SETTING_VALUE)));
    }
  }

  /** {@return name and version of the JVM; empty where the recording does not tell} */
  public String jvm() {
    return jvm;
  }

  /** {@return the id of its process; 0 where the recording does not tell} */
  public long pid() {
    return pid;
  }

  /** {@return on, off, partial or failed; empty where the recording does not tell} */
  public String agent() {
    return agent;
  }

  /** {@return what the agent cannot do, a line each} */
  public List<String> agentMissing() {
    return agentMissing.lines().toList();
  }

  /** {@return steps and monitor waits that were not written} */
  public long eventsDropped() {
    return eventsDropped;
  }

  /** {@return live tasks that are in no event, at most, at the beginning of a chunk} */
  public long tasksLeftOut() {
    return tasksLeftOut;
  }

  /** {@return scopes whose statistics are with those of {@code (other)}} */
  public long pathsOverflowed() {
    return pathsOverflowed;
  }

  /** {@return how often the recorder had no room, and the bytes it lost} */
  public Tally dataLoss() {
    return dataLoss;
  }

  /** {@return samples of processor time that were lost} */
  public long samplesLost() {
    return samplesLost;
  }

  /**
   * {@return the settings of an event; empty where the recording does not tell}
   *
   * @param event its name
   * @param types the names of the types by number
   */
  public Map<String, String> settings(String event, Map<Long, String> types) {
    for (Map.Entry<Long, String> type : types.entrySet()) {
      if (type.getValue().equals(event)) {
        return settings.getOrDefault(type.getKey(), Map.of());
      }
    }
    return Map.of();
  }
}
