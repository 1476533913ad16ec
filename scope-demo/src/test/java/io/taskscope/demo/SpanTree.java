// SPDX-License-Identifier: Apache-2.0
package io.taskscope.demo;

import io.taskscope.otel.testing.ReceivedSpan;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Spans as they hang together. */
final class SpanTree {
  private final List<ReceivedSpan> spans;
  private final Map<String, ReceivedSpan> byId;

  SpanTree(List<ReceivedSpan> spans) {
    this.spans = spans;
    byId = spans.stream().collect(Collectors.toMap(ReceivedSpan::spanId, Function.identity()));
  }

  /** The spans above one, from its parent to the root of the trace, as {@code name path}. */
  List<String> above(ReceivedSpan span) {
    return Stream.iterate(parent(span), Optional::isPresent, up -> parent(up.get()))
        .map(up -> title(up.orElseThrow()))
        .toList();
  }

  private Optional<ReceivedSpan> parent(ReceivedSpan span) {
    return Optional.ofNullable(byId.get(span.parentSpanId()))
        .filter(parent -> parent.traceId().equals(span.traceId()));
  }

  static String title(ReceivedSpan span) {
    return span.name() + " " + span.attributes().get("taskscope.scope.path");
  }

  /** Whether there is a span with this title and, directly or further up, these above it. */
  boolean has(String title, String... above) {
    return spans.stream()
        .filter(span -> title(span).equals(title))
        .anyMatch(span -> above(span).containsAll(List.of(above)));
  }

  /**
   * Whether there is a span with this title that begins a trace and links to one with the other.
   */
  boolean hasDetached(String title, String from) {
    return spans.stream()
        .filter(span -> title(span).equals(title) && span.parentSpanId().isEmpty())
        .flatMap(span -> span.linkedSpanIds().stream())
        .anyMatch(id -> byId.containsKey(id) && title(byId.get(id)).equals(from));
  }

  /**
   * Whether a checkout is there from the client's task over the server's to its block and those in
   * it, in one trace, and the job it leaves behind, in another that leads to it.
   */
  boolean hasWholeCheckout() {
    String client = "GET /a/checkout /load";
    String server = "GET /a/checkout /web/app-a/handlers";
    String block = "checkout /web/app-a/handlers/checkout";
    return has(server, client)
        && has("price /web/app-a/handlers/checkout", block, server, client)
        && has("stock /web/app-a/handlers/checkout", block, server, client)
        && (hasDetached("send-mail /web/app-a/background", block)
            || hasDetached("send-mail /web/app-a/background", server));
  }
}
