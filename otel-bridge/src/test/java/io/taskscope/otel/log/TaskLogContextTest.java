// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.taskscope.Spans;
import io.taskscope.Task;
import io.taskscope.TaskScope;
import io.taskscope.otel.OtelBridge;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.logging.log4j.ThreadContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.MDC;

/** What a line logged in a task can show. */
class TaskLogContextTest {
  private final InMemorySpanExporter spans = InMemorySpanExporter.create();
  private final OpenTelemetrySdk sdk =
      OpenTelemetrySdk.builder()
          .setTracerProvider(
              SdkTracerProvider.builder()
                  .addSpanProcessor(SimpleSpanProcessor.create(spans))
                  .build())
          .build();
  private TaskScope root;

  enum Library {
    SLF4J(Slf4jTaskContext::create, MDC::put, MDC::getCopyOfContextMap),
    LOG4J(Log4jTaskContext::create, ThreadContext::put, ThreadContext::getContext);

    private final Supplier<TaskLogContext> hook;
    private final java.util.function.BiConsumer<String, String> put;
    private final Supplier<Map<String, String>> all;

    Library(
        Supplier<TaskLogContext> hook,
        java.util.function.BiConsumer<String, String> put,
        Supplier<Map<String, String>> all) {
      this.hook = hook;
      this.put = put;
      this.all = all;
    }

    Map<String, String> now() {
      Map<String, String> map = all.get();
      return map == null ? Map.of() : new HashMap<>(map);
    }
  }

  @AfterEach
  void close() {
    root.shutdown(Duration.ofSeconds(10));
    MDC.clear();
    ThreadContext.clearAll();
  }

  private void root(Library library) {
    root = TaskScope.root("web", o -> o.hook(OtelBridge.hook(sdk)).hook(library.hook.get()));
  }

  @ParameterizedTest
  @EnumSource
  void task_hasItsPathAndIds(Library library) throws Exception {
    root(library);
    Task<Map<String, String>> task = root.child("handlers").spawn("work", library::now);

    SpanData span = spanOf(task);
    assertThat(task.get())
        .containsEntry("taskscope.path", "/web/handlers")
        .containsEntry("taskscope.task.id", Long.toString(task.id()))
        .containsEntry("trace_id", span.getTraceId())
        .containsEntry("span_id", span.getSpanId());
  }

  private SpanData spanOf(Task<?> task) throws Exception {
    task.get();
    return spans.getFinishedSpanItems().stream()
        .filter(span -> span.getName().equals(task.name()))
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @EnumSource
  void calledTask_putsBackWhatWasThere(Library library) {
    root(library);
    library.put.accept("trace_id", "of the caller");
    library.put.accept("mine", "stays");
    Map<String, String> before = library.now();
    Map<String, String> inside =
        root.call(
            "outer",
            () -> {
              Map<String, String> outer = library.now();
              root.child("deep").call("inner", () -> 1);
              assertThat(library.now()).isEqualTo(outer);
              return outer;
            });

    assertThat(inside).containsEntry("mine", "stays").containsEntry("taskscope.path", "/web");
    assertThat(inside.get("trace_id")).isNotEqualTo("of the caller");
    assertThat(library.now()).isEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource
  void taskWithoutASpan_hasTheIdsOfTheOneAround(Library library) throws Exception {
    root(library);
    TaskScope quiet = root.child("quiet", o -> o.spans(Spans.OFF));
    root.call(
        "request",
        () -> {
          String around = library.now().get("span_id");
          assertThat(quiet.spawn("silent", library::now).get())
              .containsEntry("span_id", around)
              .containsEntry("taskscope.path", "/web/quiet");
        });
    assertThat(quiet.spawn("alone", library::now).get())
        .containsKey("taskscope.task.id")
        .doesNotContainKeys("trace_id", "span_id");
  }
}
