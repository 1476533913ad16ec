// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.taskscope.Spans;
import io.taskscope.Task;
import io.taskscope.TaskScope;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

/** Work that outlives its spawner begins a trace of its own, with a link to where it came from. */
class DetachedWorkTest extends TracedTree {
  @Test
  void spawnIntoAnotherScope_beginsATraceWithALink() throws Exception {
    TaskScope handlers = root.child("handlers");
    TaskScope background = root.child("background");
    Task<Integer> mail = handlers.call("request", () -> background.spawn("mail", () -> 1));
    mail.get();

    assertDetached("mail", "request");
  }

  @Test
  void spawnIntoTheOwnScopeOrOneBelow_isAChild() throws Exception {
    TaskScope handlers = root.child("handlers");
    TaskScope below = handlers.child("below");
    handlers.call(
        "request",
        () -> {
          handlers.spawn("own", () -> 1).get();
          below.spawn("lower", () -> 1).get();
        });

    assertThat(parent("own")).isEqualTo("request");
    assertThat(parent("lower")).isEqualTo("request");
    assertThat(spans.named("own").getLinks()).isEmpty();
  }

  @Test
  void spawnOutOfABlock_isDetachedFromIt() throws Exception {
    Task<Integer> audit =
        root.call(
            "request",
            () -> {
              try (TaskScope block = TaskScope.open("checkout")) {
                block.spawn("price", () -> 1).get();
                return root.spawn("audit", () -> 1);
              }
            });
    audit.get();

    assertDetached("audit", "checkout");
    assertThat(parent("price")).isEqualTo("checkout");
  }

  @Test
  void spawnFromOutsideOfAllScopes_isAChildOfTheSpanAround() throws Exception {
    Span request = tracer.spanBuilder("request").startSpan();
    try (Scope ignored = request.makeCurrent()) {
      root.child("background").spawn("mail", () -> 1).get();
    } finally {
      request.end();
    }

    assertThat(parent("mail")).isEqualTo("request");
  }

  @Test
  void callAndExecutorOfAnotherScope_stayInTheTrace() throws Exception {
    TaskScope handlers = root.child("handlers");
    TaskScope other = root.child("other");
    handlers.call(
        "request",
        () -> {
          other.call("called", () -> 1);
          other.executor().submit(new Named()).get();
        });

    assertThat(parent("called")).isEqualTo("request");
    SpanData adopted =
        spans.all().stream()
            .filter(
                span ->
                    "adopted".equals(span.getAttributes().get(SpanAttribute.TASK_ORIGIN.text())))
            .findFirst()
            .orElseThrow();
    assertThat(adopted.getParentSpanId()).isEqualTo(spans.named("request").getSpanId());
  }

  private static final class Named implements Runnable {
    @Override
    public void run() {}
  }

  @Test
  void detachedWork_keepsBaggageAndHasNoSpanOfTheSpawnerCurrent() throws Exception {
    TaskScope handlers = root.child("handlers");
    TaskScope background = root.child("background", o -> o.spans(Spans.FAILED_ONLY));
    Task<String> mail =
        handlers.call(
            "request",
            () -> {
              try (Scope ignored = Baggage.builder().put("tenant", "acme").build().makeCurrent()) {
                return background.spawn(
                    "mail",
                    () ->
                        Baggage.current().getEntryValue("tenant")
                            + Span.current().getSpanContext().isValid());
              }
            });

    assertThat(mail.get()).isEqualTo("acmefalse");
  }

  @Test
  void detachedWorkThatFails_ofAScopeWithFailedOnly_hasTheLink() throws Exception {
    TaskScope handlers = root.child("handlers");
    TaskScope background = root.child("background", o -> o.spans(Spans.FAILED_ONLY));
    Task<Object> mail =
        handlers.call(
            "request",
            () ->
                background.spawn(
                    "mail",
                    () -> {
                      throw new IllegalStateException("no mail today");
                    }));
    assertThatThrownBy(mail::get).isInstanceOf(ExecutionException.class);

    assertDetached("mail", "request");
  }

  @Test
  void longLivedScopes_detachesAllThatIsSpawnedIntoThem() throws Exception {
    reinstall(DetachedWork.LONG_LIVED_SCOPES);
    root.call("request", () -> root.spawn("own", () -> 1).get());

    assertDetached("own", "request");
  }

  @Test
  void never_detachesNothing() throws Exception {
    reinstall(DetachedWork.NEVER);
    TaskScope handlers = root.child("handlers");
    TaskScope background = root.child("background");
    handlers.call("request", () -> background.spawn("mail", () -> 1).get());

    assertThat(parent("mail")).isEqualTo("request");
  }

  private void reinstall(DetachedWork which) {
    bridge.close();
    bridge = configure(OtelBridge.builder(sdk)).detachedWork(which).install();
  }

  private void assertDetached(String name, String from) {
    SpanData span = spans.named(name);
    SpanData spawner = spans.named(from);
    assertThat(span.getParentSpanContext().isValid()).isFalse();
    assertThat(span.getTraceId()).isNotEqualTo(spawner.getTraceId());
    assertThat(span.getLinks())
        .extracting(LinkData::getSpanContext)
        .containsExactly(spawner.getSpanContext());
    assertThat(Context.current()).isSameAs(Context.root());
  }
}
