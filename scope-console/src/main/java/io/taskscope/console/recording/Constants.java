// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.recording;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The values that events of a chunk refer to by key: stacks, methods, classes, texts. Kept as the
 * bytes they were written as, and decoded when asked for. Once the chunk has been read, for any
 * thread.
 */
public final class Constants {
  private static final List<String> KEPT =
      List.of(
          "jdk.types.StackTrace",
          "jdk.types.Method",
          "java.lang.Class",
          "jdk.types.Symbol",
          "java.lang.String");

  private static final String UNKNOWN = "(unknown)";

  private final Plans plans;
  private final Map<String, Pool> pools = new HashMap<>();
  private byte[] store = new byte[1 << 16];
  private int used;
  private final LongAdder unresolved = new LongAdder();

  Constants(Plans plans) {
    this.plans = plans;
  }

  /** Where in the store the values of one type lie. */
  private static final class Pool {
    final Plans.Plan plan;
    final LongIntMap offsets = new LongIntMap();

    Pool(Plans.Plan plan) {
      this.plan = plan;
    }
  }

  /** One frame of a stack. */
  public interface FrameSink {
    /**
     * Takes a frame, the innermost first.
     *
     * @param method the key of its method
     * @param line its line, or a number below 1
     */
    void frame(long method, int line);
  }

  /** Takes the constants of a checkpoint event whose size and type have been read. */
  void add(ByteReader in) {
    in.skipLong(); // start
    in.skipLong(); // duration
    in.skipLong(); // where the one before is
    in.skip(1); // what it was written for
    for (int left = in.readCount(); left > 0; left--) {
      addPool(in);
    }
  }

  private void addPool(ByteReader in) {
    long type = in.readLong();
    Plans.Plan plan = plans.of(type);
    Pool pool = pool(plans.metadata().name(type), plan);
    int from = in.position();
    int count = in.readCount();
    int base = used - from;
    for (int left = count; left > 0; left--) {
      long key = in.readLong();
      int at = in.position();
      Plans.skip(in, plan);
      if (pool != null) {
        pool.offsets.put(key, base + at);
      }
    }
    if (pool != null) {
      append(in.bytes(), from, in.position() - from);
    }
  }

  private @Nullable Pool pool(String type, Plans.Plan plan) {
    return KEPT.contains(type) ? pools.computeIfAbsent(type, t -> new Pool(plan)) : null;
  }

  private void append(byte[] bytes, int from, int length) {
    if (length > store.length - used) {
      int wanted = (int) Math.min(Integer.MAX_VALUE - 8L, (used + (long) length) * 2);
      store = Arrays.copyOf(store, wanted);
    }
    System.arraycopy(bytes, from, store, used, length);
    used += length;
  }

  /**
   * A value that was skipped with one plan when the chunk was read may be read with another now, as
   * a damaged file can describe one type in two ways: what makes no sense then is not known.
   */
  private String decode(Supplier<String> value) {
    try {
      return value.get();
    } catch (ByteReader.Malformed e) {
      unresolved.increment();
      return UNKNOWN;
    }
  }

  private @Nullable ByteReader at(@Nullable Pool pool, long key) {
    int offset = pool == null ? LongIntMap.ABSENT : pool.offsets.get(key);
    if (offset == LongIntMap.ABSENT) {
      if (key != 0) {
        unresolved.increment();
      }
      return null;
    }
    return new ByteReader(store, offset, used);
  }

  /** How often a key was asked for that has no value, or one that makes no sense. */
  LongAdder unresolved() {
    return unresolved;
  }

  /**
   * Tells the frames of a stack.
   *
   * @param key of the stack
   * @param sink takes them, the innermost first
   */
  public void frames(long key, FrameSink sink) {
    decode(
        () -> {
          readFrames(key, sink);
          return "";
        });
  }

  private void readFrames(long key, FrameSink sink) {
    Pool pool = pools.get("jdk.types.StackTrace");
    ByteReader in = at(pool, key);
    if (in == null || pool == null) {
      return;
    }
    for (Plans.Part part : pool.plan.fields()) {
      if (!part.name().equals("frames") || !part.array()) {
        Plans.skip(in, part);
        continue;
      }
      for (int left = in.readCount(); left > 0; left--) {
        frame(in, part.plan(), sink);
      }
    }
  }

  private static void frame(ByteReader in, Plans.Plan plan, FrameSink sink) {
    long method = 0;
    int line = 0;
    List<Plans.Part> fields = plan.fields();
    for (int i = 0; i < fields.size(); i++) {
      Plans.Part field = fields.get(i);
      if (field.name().equals("method")) {
        method = in.readLong();
      } else if (field.name().equals("lineNumber")) {
        line = (int) in.readLong();
      } else {
        Plans.skip(in, field);
      }
    }
    sink.frame(method, line);
  }

  /**
   * {@return {@code package.Class.method}, or {@code (unknown)}}
   *
   * @param key of the method
   */
  public String method(long key) {
    return decode(() -> readMethod(key));
  }

  private String readMethod(long key) {
    Pool pool = pools.get("jdk.types.Method");
    long type = number(pool, key, "type");
    long name = number(pool, key, "name");
    return type == 0 && name == 0 ? UNKNOWN : className(type) + "." + symbol(name);
  }

  /**
   * {@return the name of a class as in source, or {@code (unknown)}}
   *
   * @param key of the class
   */
  public String className(long key) {
    if (key == 0) {
      return "";
    }
    return decode(() -> readClassName(key));
  }

  private String readClassName(long key) {
    String name = symbol(number(pools.get("java.lang.Class"), key, "name"));
    return name.isEmpty() ? UNKNOWN : ClassNames.readable(name);
  }

  private String symbol(long key) {
    Pool pool = pools.get("jdk.types.Symbol");
    ByteReader in = at(pool, key);
    if (in == null || pool == null) {
      return "";
    }
    for (Plans.Part part : pool.plan.fields()) {
      if (part.name().equals("string") && part.plan().shape() == Plans.Shape.STRING) {
        int encoding = in.readByte();
        return encoding == ByteReader.STRING_POOL ? text(in.readLong()) : in.readString(encoding);
      }
      Plans.skip(in, part);
    }
    return "";
  }

  /** A text that an event refers to. */
  String text(long key) {
    return decode(() -> readText(key));
  }

  private String readText(long key) {
    ByteReader in = at(pools.get("java.lang.String"), key);
    if (in == null) {
      return "";
    }
    int encoding = in.readByte();
    return encoding == ByteReader.STRING_POOL ? "" : in.readString(encoding);
  }

  /** The field of a value that is a number or a key; 0 where there is none. */
  private long number(@Nullable Pool pool, long key, String field) {
    ByteReader in = at(pool, key);
    if (in == null || pool == null) {
      return 0;
    }
    for (Plans.Part part : pool.plan.fields()) {
      if (part.name().equals(field) && part.plan().shape() == Plans.Shape.NUMBER) {
        return in.readLong();
      }
      Plans.skip(in, part);
    }
    return 0;
  }
}
