// SPDX-License-Identifier: Apache-2.0
package io.taskscope.agent;

import java.lang.instrument.Instrumentation;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The entry of the agent. Whatever goes wrong in it is said in one line on standard error, turns
 * off the feature concerned, and leaves the application alone.
 */
public final class TaskscopeAgent {
  /** Where the library looks for the reason; both sides know only types of the JDK. */
  private static final String FAILED = "taskscope.agent.failed";

  private static final String LINK = "io.taskscope.AgentLink";

  private TaskscopeAgent() {}

  /** Called by the JVM before {@code main}. */
  public static void premain(@Nullable String options, Instrumentation instrumentation) {
    start(options, instrumentation);
  }

  /** Called by the JVM when the agent is attached later, or named by an executable jar. */
  public static void agentmain(@Nullable String options, Instrumentation instrumentation) {
    start(options, instrumentation);
  }

  private static void start(@Nullable String text, Instrumentation instrumentation) {
    try {
      AgentOptions options = AgentOptions.parse(text);
      options.complaints().forEach(TaskscopeAgent::say);
      String standAside = Surroundings.reasonToStandAside(instrumentation);
      if (standAside != null) {
        say(standAside + ": the agent stands aside");
      } else if (!ProbeClasses.arePresent()) {
        install(options, instrumentation);
      }
    } catch (Throwable strange) {
      System.setProperty(FAILED, "it could not start, because of " + strange);
      say("the agent does nothing, because of " + strange);
    }
  }

  private static void install(AgentOptions options, Instrumentation instrumentation)
      throws Exception {
    Class<?> probe = ProbeClasses.define(instrumentation);
    List<HookPoint> points =
        HookPoints.all().stream()
            .filter(point -> options.wanted().contains(point.feature()))
            .toList();
    Transformer transformer = new Transformer(points.stream().filter(options::mayUse).toList());
    instrumentation.addTransformer(transformer, true);
    retransform(transformer, instrumentation);
    List<String> missing = new ArrayList<>();
    Set<Feature> works = EnumSet.noneOf(Feature.class);
    for (Feature feature : options.wanted()) {
      String lacking = lacking(feature, points, transformer);
      if (lacking.isEmpty()) {
        works.add(feature);
      } else {
        String sentence =
            "%s: this JDK (%s) has no fitting %s"
                .formatted(feature.absence, Runtime.version(), lacking);
        missing.add(sentence);
        say(sentence);
      }
    }
    transformer.failures().forEach((name, error) -> say(name + " could not be changed: " + error));
    Set<Class<?>> linkedLater = copiesOfTheLibrary(instrumentation);
    if (!linkedLater.isEmpty()) {
      missing.add("tasks and threads that were there before the agent are not measured");
    }
    boolean[] ready = {
      works.contains(Feature.STEPS),
      works.contains(Feature.PLATFORM_WAITS),
      works.contains(Feature.THREADS),
      works.contains(Feature.DUMPS) && works.contains(Feature.THREADS),
      works.contains(Feature.POOLS)
    };
    List<String> status = List.copyOf(missing);
    Supplier<List<String>> asked = () -> status;
    probe
        .getMethod("ready", boolean[].class, long.class, Supplier.class)
        .invoke(null, ready, options.slowStep().toNanos(), asked);
    for (Class<?> link : linkedLater) {
      connect(link, instrumentation);
    }
  }

  /** The methods that a feature needs and that are not as they should be. */
  private static String lacking(Feature feature, List<HookPoint> points, Transformer transformer) {
    return points.stream()
        .filter(point -> point.feature() == feature && !transformer.hasMatched(point))
        .map(HookPoint::describe)
        .distinct()
        .collect(Collectors.joining(", "));
  }

  private static void retransform(Transformer transformer, Instrumentation instrumentation)
      throws ClassNotFoundException {
    List<Class<?>> classes = new ArrayList<>();
    for (String name : transformer.classes()) {
      classes.add(Class.forName(name.replace('/', '.'), false, null));
    }
    try {
      instrumentation.retransformClasses(classes.toArray(new Class<?>[0]));
    } catch (Throwable together) { // then one by one, so that one does not take the others along
      for (Class<?> one : classes) {
        try {
          instrumentation.retransformClasses(one);
        } catch (Throwable alone) {
          transformer.failures().put(one.getName(), alone);
        }
      }
    }
  }

  /** Those in use. What an AOT cache has loaded looks for the agent by itself when it is used. */
  private static Set<Class<?>> copiesOfTheLibrary(Instrumentation instrumentation)
      throws ReflectiveOperationException {
    Set<Class<?>> found = new HashSet<>();
    for (Class<?> loaded : instrumentation.getAllLoadedClasses()) {
      if (loaded.getName().equals(LINK) && Surroundings.isInitialized(loaded)) {
        found.add(loaded);
      }
    }
    return found;
  }

  private static void connect(Class<?> link, Instrumentation instrumentation) {
    try {
      Module module = link.getModule();
      if (module.isNamed()) {
        instrumentation.redefineModule(
            module,
            Set.of(),
            Map.of(),
            Map.of(link.getPackageName(), Set.of(TaskscopeAgent.class.getModule())),
            Set.of(),
            Map.of());
      }
      Method connect = link.getDeclaredMethod("connect");
      connect.setAccessible(true);
      connect.invoke(null);
    } catch (ReflectiveOperationException | RuntimeException e) {
      say("a copy of Taskscope that was loaded before the agent could not be linked: " + e);
    }
  }

  /** There is no logging yet, and a library must not be one more reason to have it. */
  @SuppressWarnings("SystemOut")
  private static void say(String sentence) {
    System.err.println("taskscope-agent: " + sentence);
  }
}
