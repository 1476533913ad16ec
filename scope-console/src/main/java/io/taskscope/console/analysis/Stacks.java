// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.analysis;

import io.taskscope.console.recording.Constants;
import io.taskscope.console.recording.LongIntMap;
import io.taskscope.console.recording.Names;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Gives each distinct stack of a recording a number, whichever chunk it stands in. Bounded; stacks
 * beyond the limit are {@link #NONE} and counted. For one thread.
 */
final class Stacks {
  static final int NONE = 0;
  private static final int MAX_STACKS = 60_000;
  private static final int MAX_FRAMES = 128;

  /** What stands above the waiting code where the agent's probe writes an event. */
  private static final List<String> OURS =
      List.of(
          "io.taskscope.jfr.",
          "io.taskscope.internal.",
          "io.taskscope.Steps.",
          "io.taskscope.AgentLink",
          "java.lang.Taskscope");

  private final Names names;
  private final Map<IntBuffer, Integer> numbers = new HashMap<>();
  private final List<int[]> stacks = new ArrayList<>();
  private long overflowed;

  // Of the chunk that is being read.
  private @Nullable Constants constants;
  private LongIntMap byKey = new LongIntMap();
  private LongIntMap methods = new LongIntMap();
  private LongIntMap classes = new LongIntMap();

  private final int[] buffer = new int[2 * MAX_FRAMES];
  private int filled;

  Stacks(Names names) {
    this.names = names;
    stacks.add(new int[0]);
  }

  /** The number of the stack that a key of the chunk means. */
  int number(Constants chunk, long key) {
    if (key == 0) {
      return NONE;
    }
    enter(chunk);
    int known = byKey.get(key);
    if (known == LongIntMap.ABSENT) {
      known = intern(chunk, key);
      byKey.put(key, known);
    }
    return known;
  }

  private void enter(Constants chunk) {
    if (constants != chunk) {
      constants = chunk;
      byKey = new LongIntMap();
      methods = new LongIntMap();
      classes = new LongIntMap();
    }
  }

  /** The number of the name of the class that a key of the chunk means. */
  int className(Constants chunk, long key) {
    if (key == 0) {
      return Names.NONE;
    }
    enter(chunk);
    int known = classes.get(key);
    if (known == LongIntMap.ABSENT) {
      known = names.number(chunk.className(key));
      classes.put(key, known);
    }
    return known;
  }

  private int intern(Constants chunk, long key) {
    filled = 0;
    chunk.frames(
        key,
        (method, line) -> {
          if (filled < buffer.length) {
            int name = method(chunk, method);
            if (filled == 0 && isOurs(names.text(name))) {
              return;
            }
            buffer[filled++] = name;
            buffer[filled++] = Math.max(0, line);
          }
        });
    if (filled == 0) {
      return NONE;
    }
    Integer known = numbers.get(IntBuffer.wrap(buffer, 0, filled));
    if (known != null) {
      return known;
    }
    if (stacks.size() >= MAX_STACKS) {
      overflowed++;
      return NONE;
    }
    int[] frames = Arrays.copyOf(buffer, filled);
    stacks.add(frames);
    numbers.put(IntBuffer.wrap(frames), stacks.size() - 1); // equal where their frames are
    return stacks.size() - 1;
  }

  /** Whether the innermost frames are left out up to and with this method. */
  static boolean isOurs(String method) {
    String name = method.substring(method.indexOf('/') + 1); // without the module
    return OURS.stream().anyMatch(name::startsWith);
  }

  private int method(Constants chunk, long key) {
    int known = methods.get(key);
    if (known == LongIntMap.ABSENT) {
      known = names.number(chunk.method(key));
      methods.put(key, known);
    }
    return known;
  }

  /** The methods of a stack as numbers of names, the innermost first. */
  int[] methods(int stack) {
    int[] frames = stacks.get(stack);
    int[] methods = new int[frames.length / 2];
    for (int i = 0; i < methods.length; i++) {
      methods[i] = frames[2 * i];
    }
    return methods;
  }

  /** The frames of a stack for people, the innermost first. */
  List<String> text(int stack) {
    int[] frames = stacks.get(stack);
    List<String> text = new ArrayList<>();
    for (int i = 0; i < frames.length; i += 2) {
      String method = names.text(frames[i]);
      text.add(frames[i + 1] > 0 ? method + ":" + frames[i + 1] : method);
    }
    return text;
  }

  long overflowed() {
    return overflowed;
  }
}
