// SPDX-License-Identifier: Apache-2.0
package io.taskscope.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;

/**
 * One of the agents to compare.
 *
 * @param name for the table
 * @param jvmArguments that start a JVM with it
 */
record AgentVariants(String name, List<String> jvmArguments) {
  private static final String WORK =
      AgentWork.class.getName() + "[spawns,yields,handOver]"; // both agents write it like this

  /** No agent, an empty one, ours, and of the others those whose jars are in the directory. */
  static List<AgentVariants> in(Path directory) throws IOException {
    List<AgentVariants> all = new ArrayList<>();
    all.add(new AgentVariants("none", List.of()));
    all.add(new AgentVariants("empty", List.of("-javaagent:" + emptyAgent())));
    all.add(new AgentVariants("taskscope", List.of(agent(directory.resolve("scope-agent.jar")))));
    addIfThere(
        all,
        "opentelemetry",
        directory.resolve("opentelemetry-javaagent.jar"),
        "-Dotel.traces.exporter=none",
        "-Dotel.metrics.exporter=none",
        "-Dotel.logs.exporter=none",
        "-Dotel.instrumentation.methods.include=" + WORK);
    addIfThere(
        all,
        "datadog",
        directory.resolve("dd-java-agent.jar"),
        "-Ddd.trace.agent.url=http://127.0.0.1:1", // nobody is there, and nothing leaves the
        // machine
        "-Ddd.trace.methods=" + WORK,
        "-Ddd.trace.startup.logs=false",
        "-Ddd.instrumentation.telemetry.enabled=false",
        "-Ddd.remote_config.enabled=false",
        "-Ddd.jmxfetch.enabled=false",
        "-Ddatadog.slf4j.simpleLogger.defaultLogLevel=off");
    return all;
  }

  private static String agent(Path jar) {
    if (!Files.exists(jar)) {
      throw new IllegalArgumentException("no " + jar + "; build with -Pagents");
    }
    return "-javaagent:" + jar.toAbsolutePath();
  }

  private static void addIfThere(
      List<AgentVariants> to, String name, Path jar, String... settings) {
    if (Files.exists(jar)) {
      List<String> arguments = new ArrayList<>(List.of(agent(jar)));
      arguments.addAll(List.of(settings));
      to.add(new AgentVariants(name, arguments));
    }
  }

  private static Path emptyAgent() throws IOException {
    Manifest manifest = new Manifest();
    Attributes main = manifest.getMainAttributes();
    main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    main.put(new Attributes.Name("Premain-Class"), EmptyAgent.class.getName());
    main.put(new Attributes.Name("Can-Retransform-Classes"), "true"); // as the others
    Path jar = Files.createTempFile("empty-agent", ".jar");
    jar.toFile().deleteOnExit();
    String entry = EmptyAgent.class.getName().replace('.', '/') + ".class";
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream to = new JarOutputStream(out, manifest);
        InputStream code =
            Objects.requireNonNull(EmptyAgent.class.getResourceAsStream("/" + entry))) {
      to.putNextEntry(new ZipEntry(entry));
      code.transferTo(to);
    }
    return jar;
  }
}
