// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.taskscope.Task;
import io.taskscope.TaskScope;
import io.taskscope.TaskTimes;
import io.taskscope.hook.HookRegistration;
import io.taskscope.hook.Hooks;
import io.taskscope.hook.TaskHook;
import io.taskscope.hook.TraceContext;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class OtelBridgeTest extends TracedTree {
  @Test
  void spawn_insideASpan_makesAChildOfIt() throws Exception {
    Span request = tracer.spanBuilder("request").startSpan();
    try (Scope ignored = request.makeCurrent()) {
      root.child("handlers").spawn("GET /users/{id}", () -> "ada").get();
    }

    SpanData span = spans.named("GET /users/{id}");
    assertThat(span.getParentSpanId()).isEqualTo(request.getSpanContext().getSpanId());
    assertThat(span.getTraceId()).isEqualTo(request.getSpanContext().getTraceId());
    assertThat(span.getKind()).isEqualTo(SpanKind.INTERNAL);
    assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
    assertThat(span.getInstrumentationScopeInfo().getName()).isEqualTo("io.taskscope.otel");
    assertThat(span.getEvents()).isEmpty();
  }

  @Test
  void spawn_withoutACurrentSpan_beginsATrace() throws Exception {
    root.spawn("one", () -> 1).get();
    root.spawn("two", () -> 2).get();

    assertThat(spans.named("one").getParentSpanContext().isValid()).isFalse();
    assertThat(spans.named("two").getParentSpanContext().isValid()).isFalse();
    assertThat(spans.named("one").getTraceId()).isNotEqualTo(spans.named("two").getTraceId());
  }

  @Test
  void spawn_insideATask_makesAChildOfThatTask() throws Exception {
    root.spawn(
            "outer",
            () ->
                root.spawn("middle", () -> root.child("deep").spawn("inner", () -> 1).get()).get())
        .get();

    SpanData outer = spans.named("outer");
    SpanData middle = spans.named("middle");
    SpanData inner = spans.named("inner");
    assertThat(outer.getParentSpanContext().isValid()).isFalse();
    assertThat(middle.getParentSpanId()).isEqualTo(outer.getSpanId());
    assertThat(inner.getParentSpanId()).isEqualTo(middle.getSpanId());
    assertThat(List.of(middle.getTraceId(), inner.getTraceId())).containsOnly(outer.getTraceId());
  }

  @Test
  void call_insideASpan_isCurrentInTheBodyAndRestoresTheCaller() {
    Span request = tracer.spanBuilder("request").startSpan();
    try (Scope ignored = request.makeCurrent()) {
      Context before = Context.current();
      String current = root.call("handle", () -> Span.current().getSpanContext().getSpanId());

      assertThat(Context.current()).isSameAs(before);
      assertThat(spans.named("handle").getSpanId()).isEqualTo(current);
      assertThat(spans.named("handle").getParentSpanId())
          .isEqualTo(request.getSpanContext().getSpanId());
    }
  }

  @Test
  void call_thatThrows_restoresTheCaller() {
    Context before = Context.current();

    assertThatThrownBy(
            () ->
                root.call(
                    "handle",
                    () -> {
                      throw new IOException("gone");
                    }))
        .isInstanceOf(IOException.class);

    assertThat(Context.current()).isSameAs(before);
    assertThat(spans.named("handle").getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
  }

  @Test
  void body_seesTheWholeContextOfItsCreator() throws Exception {
    Task<String> task;
    try (Scope ignored = Baggage.builder().put("tenant", "acme").build().makeCurrent()) {
      task = root.spawn("read", () -> Baggage.current().getEntryValue("tenant"));
    }

    assertThat(task.get()).isEqualTo("acme");
  }

  @Test
  void rawThread_startedInATask_doesNotInheritTheContext() throws Exception {
    CompletableFuture<Boolean> hasSpan = new CompletableFuture<>();
    root.spawn(
            "outer",
            () -> {
              Thread raw =
                  Thread.ofVirtual()
                      .start(() -> hasSpan.complete(Span.current().getSpanContext().isValid()));
              raw.join();
            })
        .get();

    assertThat(hasSpan.get()).isFalse();
  }

  @Test
  void attributes_ofASuccess_areThoseMeasured() throws Exception {
    Task<Thread> task = root.child("handlers").spawn("read", Thread::currentThread);
    Thread thread = task.get();

    Map<String, Object> attributes = attributes(spans.named("read"));
    assertThat(attributes)
        .containsEntry("taskscope.scope.path", "/web/handlers")
        .containsEntry("taskscope.task.id", task.id())
        .containsEntry("taskscope.task.origin", "spawned")
        .containsEntry("taskscope.task.outcome", "success")
        .containsEntry("thread.id", thread.threadId())
        .containsEntry("code.function.name", OtelBridgeTest.class.getName() + ".lambda")
        .containsEntry("taskscope.task.queued_time", task.times().queued().toNanos() / 1e9)
        .containsEntry("taskscope.task.running_time", task.times().running().toNanos() / 1e9)
        .doesNotContainKeys("taskscope.task.parked_time", "taskscope.task.steps", "error.type");
    if (!thread.getName().isEmpty()) {
      assertThat(attributes).containsEntry("thread.name", thread.getName());
    }
  }

  @Test
  void attributes_ofACall_haveItsOriginAndTheThreadOfTheCaller() {
    root.call("handle", () -> 1);

    assertThat(attributes(spans.named("handle")))
        .containsEntry("taskscope.task.origin", "called")
        .containsEntry("thread.id", Thread.currentThread().threadId())
        .containsEntry("thread.name", Thread.currentThread().getName());
  }

  @Test
  void times_withSteps_arePartOfTheSpan() {
    Span span = tracer.spanBuilder("measured").startSpan();
    SpanContent.times(
        span,
        new TaskTimes(
            Duration.ofMillis(600),
            Duration.ofMillis(100),
            Duration.ofMillis(200),
            Duration.ofMillis(300),
            Duration.ofMillis(50),
            Duration.ofMillis(150),
            4,
            3));
    span.end();

    assertThat(attributes(spans.named("measured")))
        .isEqualTo(
            Map.of(
                "taskscope.task.queued_time", 0.1,
                "taskscope.task.running_time", 0.2,
                "taskscope.task.parked_time", 0.3,
                "taskscope.task.steps", 4L));
  }

  @Test
  void span_beginsAtCreationAndEndsWithTheBody() throws Exception {
    long created = clock.now();
    TaskHook queueing =
        new TaskHook() {
          @Override
          public void taskCreated(Task<?> task) {
            clock.advance(Duration.ofSeconds(5));
          }
        };
    try (HookRegistration ignored = Hooks.add(queueing)) {
      root.spawn("slow", () -> clock.advance(Duration.ofSeconds(2))).get();
    }

    SpanData span = spans.named("slow");
    assertThat(span.getStartEpochNanos()).isEqualTo(created);
    assertThat(span.getEndEpochNanos() - created).isEqualTo(Duration.ofSeconds(7).toNanos());
  }

  @Test
  void ids_areThereForTheHooksAfterIt() throws Exception {
    List<TraceContext> seen = new ArrayList<>();
    TaskHook later =
        new TaskHook() {
          @Override
          public void taskCreated(Task<?> task) {
            seen.add(task.attachment(TraceContext.KEY));
          }

          @Override
          public void taskFinished(Task<?> task) {
            assertThat(Span.current().getSpanContext().isValid()).isTrue();
            seen.add(task.attachment(TraceContext.KEY));
          }
        };
    try (HookRegistration ignored = Hooks.add(later)) {
      root.spawn("read", () -> 1).get();
    }

    SpanData span = spans.named("read");
    assertThat(seen).hasSize(2);
    assertThat(seen.getFirst().traceIdHex()).isEqualTo(span.getTraceId());
    assertThat(seen.getFirst().spanIdHex()).isEqualTo(span.getSpanId());
    assertThat(seen.getFirst().sampled()).isTrue();
    assertThat(seen.getLast()).isEqualTo(seen.getFirst());
  }

  @Test
  void install_twice_makesOneSpanPerTaskAndTheFirstBridgeMakesIt() throws Exception {
    CollectedSpans others = new CollectedSpans();
    try (OpenTelemetrySdk other =
            OpenTelemetrySdk.builder()
                .setTracerProvider(
                    SdkTracerProvider.builder()
                        .addSpanProcessor(SimpleSpanProcessor.create(others))
                        .build())
                .build();
        OtelBridge second = OtelBridge.install(other)) {
      assertThat(second).isNotNull();
      root.spawn("one", () -> 1).get();
      bridge.close();
      root.spawn("two", () -> 2).get();
    }

    assertThat(spans.all()).extracting(SpanData::getName).containsExactly("one");
    assertThat(others.all()).extracting(SpanData::getName).containsExactly("two");
  }

  @Test
  void hook_ofASubtree_seesOnlyThatSubtree() throws Exception {
    bridge.close();
    TaskScope traced = root.child("traced", o -> o.hook(OtelBridge.hook(sdk)));
    traced.child("below").spawn("inside", () -> 1).get();
    root.spawn("outside", () -> 2).get();

    assertThat(spans.all()).extracting(SpanData::getName).containsExactly("inside");
  }

  @Test
  void hook_besideAnInstalledBridge_makesNoSecondSpan() throws Exception {
    TaskScope traced = root.child("traced", o -> o.hook(OtelBridge.hook(sdk)));
    traced.spawn("inside", () -> 1).get();

    assertThat(spans.all()).extracting(SpanData::getName).containsExactly("inside");
  }

  @Test
  void manyTasks_haveOneSpanEachUnderTheirCreator() throws Exception {
    int parents = 100;
    int children = 20;
    List<Task<Object>> tasks = new ArrayList<>();
    for (int i = 0; i < parents; i++) {
      tasks.add(
          root.spawn(
              "parent",
              () -> {
                List<Task<Object>> own = new ArrayList<>();
                for (int j = 0; j < children; j++) {
                  own.add(root.spawn("child", () -> null));
                }
                for (Task<Object> child : own) {
                  child.get();
                }
                return null;
              }));
    }
    for (Task<Object> task : tasks) {
      task.get();
    }

    List<SpanData> all = spans.all();
    assertThat(all).hasSize(parents * (children + 1));
    Map<String, Long> childrenOf =
        all.stream()
            .filter(span -> span.getName().equals("child"))
            .collect(Collectors.groupingBy(SpanData::getParentSpanId, Collectors.counting()));
    Set<String> parentIds =
        all.stream()
            .filter(span -> span.getName().equals("parent"))
            .map(SpanData::getSpanId)
            .collect(Collectors.toSet());
    assertThat(childrenOf.keySet()).isEqualTo(parentIds);
    assertThat(childrenOf.values()).containsOnly((long) children);
  }
}
