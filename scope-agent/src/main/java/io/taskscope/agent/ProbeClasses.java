// SPDX-License-Identifier: Apache-2.0
package io.taskscope.agent;

import java.io.IOException;
import java.io.InputStream;
import java.lang.instrument.Instrumentation;
import java.lang.invoke.MethodHandles;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Brings the probe into {@code java.base}, and leaves the boot class path alone. */
final class ProbeClasses {
  private static final String PROBE = "java.lang.TaskscopeProbe";

  /** Each before those that extend it; all before anything calls them. */
  private static final List<String> LANG =
      List.of(
          "TaskscopeProbe$Link",
          "TaskscopeThreads$1",
          "TaskscopeThreads$2",
          "TaskscopeThreads$3",
          "TaskscopeThreads",
          "TaskscopeDaemons",
          "TaskscopeProbe");

  private ProbeClasses() {}

  /** Whether an agent of ours is there already. */
  static boolean arePresent() {
    try {
      Class.forName(PROBE, false, null);
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  /** Defines them; says which is the probe. */
  static Class<?> define(Instrumentation instrumentation)
      throws IOException, ReflectiveOperationException {
    Module base = Object.class.getModule();
    Set<Module> us = Set.of(ProbeClasses.class.getModule());
    instrumentation.redefineModule(
        base,
        Set.of(),
        Map.of(),
        Map.of("java.lang", us, "jdk.internal.vm", us, "jdk.internal.misc", us),
        Set.of(),
        Map.of());
    MethodHandles.Lookup ours = MethodHandles.lookup();
    MethodHandles.Lookup vm =
        MethodHandles.privateLookupIn(Class.forName("jdk.internal.vm.ThreadContainer"), ours);
    vm.defineClass(bytes("jdk/internal/vm/TaskscopeContainer"));
    MethodHandles.Lookup lang = MethodHandles.privateLookupIn(Thread.class, ours);
    Class<?> last = Thread.class;
    for (String name : LANG) {
      last = lang.defineClass(bytes("java/lang/" + name));
    }
    Class.forName("java.lang.TaskscopeThreads", true, null);
    return Class.forName(last.getName(), true, null);
  }

  private static byte[] bytes(String name) throws IOException {
    String resource = "/META-INF/taskscope/" + name + ".class";
    try (InputStream in = ProbeClasses.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IOException("the agent's jar lacks " + resource);
      }
      return in.readAllBytes();
    }
  }
}
