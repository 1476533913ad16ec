// SPDX-License-Identifier: Apache-2.0
package io.taskscope.demo;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which module may use which: the table of DESIGN.md, section 2. */
class ModuleArrowsTest {
  private static final JavaClasses ALL =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          // Of otel-bridge, whose tests come in a jar.
          .withImportOption(location -> !location.contains("/testing/"))
          .importPackages("io.taskscope");

  private static final DescribedPredicate<JavaClass> CORE =
      resideInAnyPackage(
          "io.taskscope", "io.taskscope.hook..", "io.taskscope.view..", "io.taskscope.internal..");

  /** What each bridge may use besides the JDK and the core; its own package is the key. */
  private static final Map<String, String[]> BRIDGES =
      Map.of(
          "io.taskscope.otel",
              new String[] {"io.opentelemetry..", "org.apache.logging.log4j..", "org.slf4j.."},
          "io.taskscope.jfr", new String[] {"jdk.jfr.."},
          "io.taskscope.metrics", new String[] {"io.micrometer..", "io.prometheus.."});

  static Stream<String> bridges() {
    return BRIDGES.keySet().stream();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "io.taskscope.TaskScope",
        "io.taskscope.otel.OtelBridge",
        "io.taskscope.jfr.JfrEvents",
        "io.taskscope.metrics.TaskscopeMetrics",
        "io.taskscope.console.Taskscope",
        "io.taskscope.demo.Demo"
      })
  void importer_everyModule_isSeen(String type) {
    assertThat(ALL.contain(type)).isTrue(); // else the rules below would hold for want of classes
  }

  @Test
  void core_anyClass_dependsOnNothingButTheJdkAndJspecify() {
    classes()
        .that(CORE)
        .should()
        .onlyDependOnClassesThat(CORE.or(resideInAnyPackage("java..", "org.jspecify..")))
        .check(ALL);
  }

  @ParameterizedTest
  @MethodSource("bridges")
  void bridge_anyClass_dependsOnItsLibraryAndTheCoreOnly(String bridge) {
    classes()
        .that(resideInAPackage(bridge + ".."))
        .should()
        .onlyDependOnClassesThat(
            CORE.or(resideInAPackage(bridge + ".."))
                .or(resideInAnyPackage(BRIDGES.get(bridge)))
                .or(resideInAnyPackage("java..", "com.sun.net.httpserver..", "org.jspecify..")))
        .check(ALL);
  }

  @Test
  void console_anyClass_dependsOnTheCoreTheEventsAndItsLibrariesOnly() {
    DescribedPredicate<JavaClass> console = resideInAPackage("io.taskscope.console..");
    classes()
        .that(console)
        .should()
        .onlyDependOnClassesThat(
            CORE.or(console)
                .or(resideInAnyPackage("io.taskscope.jfr..", "java..", "org.jspecify.."))
                .or(resideInAnyPackage("com.fasterxml.jackson.core..", "org.jline..", "picocli..")))
        .check(ALL);
  }

  @Test
  void console_anyClass_isUsedByNoModule() {
    noClasses()
        .that(DescribedPredicate.not(resideInAPackage("io.taskscope.console..")))
        .should()
        .dependOnClassesThat(resideInAPackage("io.taskscope.console.."))
        .check(ALL);
  }

  @Test
  void logging_isKnownToThePackageForItOnly() {
    noClasses()
        .that(resideInAnyPackage("io.taskscope.otel", "io.taskscope.otel.sdk.."))
        .should()
        .dependOnClassesThat(resideInAnyPackage("org.apache.logging.log4j..", "org.slf4j.."))
        .check(ALL);
  }

  @Test
  void internals_ofTheCore_areUsedByTheCoreOnly() {
    noClasses()
        .that(DescribedPredicate.not(CORE))
        .should()
        .dependOnClassesThat(resideInAPackage("io.taskscope.internal.."))
        .check(ALL);
  }

  @Test
  void views_ofTheCore_knowNoHooks() {
    noClasses()
        .that(resideInAPackage("io.taskscope.view.."))
        .should()
        .dependOnClassesThat(resideInAnyPackage("io.taskscope.hook..", "io.taskscope.internal.."))
        .check(ALL);
  }

  @Test
  void otelBridge_withoutItsSdkPackage_needsNoSdk() {
    noClasses()
        .that(resideInAPackage("io.taskscope.otel"))
        .should()
        .dependOnClassesThat(resideInAPackage("io.opentelemetry.sdk.."))
        .check(ALL);
  }

  @Test
  void demo_anyClass_isUsedByNoModule() {
    noClasses()
        .that(DescribedPredicate.not(resideInAPackage("io.taskscope.demo..")))
        .should()
        .dependOnClassesThat(resideInAPackage("io.taskscope.demo.."))
        .check(ALL);
  }

  @Test
  void modules_together_haveNoCycles() {
    slices()
        .matching("io.taskscope.(*)..")
        .should()
        .beFreeOfCycles()
        .check(ALL.that(DescribedPredicate.not(CORE)));
  }
}
