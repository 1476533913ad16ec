// SPDX-License-Identifier: Apache-2.0
package io.taskscope.agent;

import java.lang.instrument.Instrumentation;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where the agent is, and whether it may do anything there. */
final class Surroundings {
  private Surroundings() {}

  /**
   * Changing classes of the JDK while an archive of classes is being recorded would break the
   * archive.
   */
  static @Nullable String reasonToStandAside(Instrumentation instrumentation) {
    openInternals(instrumentation);
    try {
      Class<?> vm = Class.forName("jdk.internal.misc.VM");
      String[] arguments = (String[]) vm.getMethod("getRuntimeArguments").invoke(null);
      if (arguments == null) {
        return null; // a JVM without any option, as that of an executable jar may be
      }
      for (String argument : arguments) {
        if (argument.startsWith("-XX:AOTMode=record")
            || argument.startsWith("-XX:AOTMode=create")
            || argument.startsWith("-XX:AOTCacheOutput=")
            || argument.startsWith("-XX:ArchiveClassesAtExit=")
            || argument.startsWith("-XX:DumpLoadedClassList=")
            || argument.startsWith("-Xshare:dump")) {
          return "this JVM records an archive of classes (" + argument + ")";
        }
      }
    } catch (ReflectiveOperationException unknown) {
      return null; // then it is not known, and an archive is not usual
    }
    return null;
  }

  private static void openInternals(Instrumentation instrumentation) {
    instrumentation.redefineModule(
        Object.class.getModule(),
        Set.of(),
        Map.of(),
        Map.of("jdk.internal.misc", Set.of(Surroundings.class.getModule())),
        Set.of(),
        Map.of());
  }

  /** Whether the static initializer of a loaded class has begun; after the method above. */
  static boolean isInitialized(Class<?> loaded) throws ReflectiveOperationException {
    Class<?> unsafe = Class.forName("jdk.internal.misc.Unsafe");
    Object instance = unsafe.getMethod("getUnsafe").invoke(null);
    return !(boolean) unsafe.getMethod("shouldBeInitialized", Class.class).invoke(instance, loaded);
  }
}
