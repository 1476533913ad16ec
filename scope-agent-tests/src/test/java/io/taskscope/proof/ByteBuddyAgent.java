// SPDX-License-Identifier: Apache-2.0
package io.taskscope.proof;

import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.none;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.instrument.Instrumentation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.LongAdder;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import net.bytebuddy.agent.builder.AgentBuilder;
import net.bytebuddy.agent.builder.AgentBuilder.RedefinitionStrategy;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.AsmVisitorWrapper;

/**
 * An agent as many are, written with Byte Buddy. It changes some of the methods that ours changes
 * too, and counts how often they are called.
 */
public final class ByteBuddyAgent {
  private static final String VIRTUAL = "proof.virtual";
  private static final String SUBMITTED = "proof.submitted";

  private ByteBuddyAgent() {}

  /** Its jar, whose class path has the rest of it. */
  static Path jar(Path directory) throws IOException {
    Manifest manifest = new Manifest();
    Attributes main = manifest.getMainAttributes();
    main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    main.put(new Attributes.Name("Premain-Class"), ByteBuddyAgent.class.getName());
    main.put(new Attributes.Name("Can-Retransform-Classes"), "true");
    StringBuilder path = new StringBuilder();
    for (String place :
        JavaProcess.classPathOf(ByteBuddyAgent.class, Advice.class)
            .split(System.getProperty("path.separator"), -1)) {
      path.append(Path.of(place).toUri()).append(' ');
    }
    main.put(Attributes.Name.CLASS_PATH, path.toString());
    Path jar = directory.resolve("byte-buddy-agent.jar");
    try (OutputStream out = Files.newOutputStream(jar)) {
      new JarOutputStream(out, manifest).close();
    }
    return jar;
  }

  /** Called by the JVM. */
  public static void premain(String options, Instrumentation instrumentation) {
    LongAdder virtual = new LongAdder();
    LongAdder submitted = new LongAdder();
    System.getProperties().put(VIRTUAL, virtual);
    System.getProperties().put(SUBMITTED, submitted);
    new AgentBuilder.Default()
        .disableClassFormatChanges()
        .with(RedefinitionStrategy.RETRANSFORMATION)
        .ignore(none())
        .type(named("java.lang.VirtualThread"))
        .transform(
            (builder, type, loader, module, domain) ->
                builder.visit(on(VirtualStarts.class, "run")))
        .type(named("java.util.concurrent.ThreadPoolExecutor"))
        .transform(
            (builder, type, loader, module, domain) ->
                builder.visit(on(Submissions.class, "execute")))
        .installOn(instrumentation);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () ->
                    System.err.printf(
                        "Byte Buddy saw %d virtual threads and %d submissions%n",
                        virtual.sum(), submitted.sum())));
  }

  private static AsmVisitorWrapper on(Class<?> advice, String method) {
    return Advice.to(advice).on(named(method).and(takesArguments(1)));
  }

  /** Copied into the JDK's method, where it knows the JDK only. */
  static final class VirtualStarts {
    private VirtualStarts() {}

    @Advice.OnMethodEnter
    static void enter() {
      ((LongAdder) System.getProperties().get("proof.virtual")).increment();
    }
  }

  /** Copied into the JDK's method, where it knows the JDK only. */
  static final class Submissions {
    private Submissions() {}

    @Advice.OnMethodEnter
    static void enter() {
      ((LongAdder) System.getProperties().get("proof.submitted")).increment();
    }
  }
}
