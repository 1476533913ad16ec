// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel.process;

import static java.util.stream.Collectors.joining;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/**
 * Sends spans to Zipkin as its JSON, version 2. OpenTelemetry's own exporter for Zipkin is no
 * longer released and does not run with the SDK of today.
 */
final class ZipkinJsonExporter implements SpanExporter {
  private final HttpClient http = HttpClient.newHttpClient();
  private final URI url;

  ZipkinJsonExporter(String url) {
    this.url = URI.create(url);
  }

  @Override
  public CompletableResultCode export(Collection<SpanData> spans) {
    String json = spans.stream().map(ZipkinJsonExporter::json).collect(joining(",", "[", "]"));
    try {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(url)
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString(json))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      return answer.statusCode() < 300
          ? CompletableResultCode.ofSuccess()
          : CompletableResultCode.ofExceptionalFailure(
              new IOException(answer.statusCode() + ": " + answer.body()));
    } catch (IOException e) {
      return CompletableResultCode.ofExceptionalFailure(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return CompletableResultCode.ofFailure();
    }
  }

  private static String json(SpanData span) {
    Map<String, String> tags = new TreeMap<>();
    span.getAttributes().forEach((key, value) -> tags.put(key.getKey(), value.toString()));
    if (!span.getStatus().equals(StatusData.unset())) {
      tags.put("error", span.getStatus().getDescription());
    }
    String parent =
        span.getParentSpanContext().isValid()
            ? "\"parentId\":\"" + span.getParentSpanId() + "\","
            : "";
    String service = span.getResource().getAttribute(AttributeKey.stringKey("service.name"));
    return """
        {"traceId":"%s",%s"id":"%s","name":%s,"timestamp":%s,"duration":%s,
        "localEndpoint":{"serviceName":%s},"tags":%s}"""
        .formatted(
            span.getTraceId(),
            parent,
            span.getSpanId(),
            quoted(span.getName()),
            span.getStartEpochNanos() / 1000,
            Math.max(1, (span.getEndEpochNanos() - span.getStartEpochNanos()) / 1000),
            quoted(service),
            tags.entrySet().stream()
                .map(tag -> quoted(tag.getKey()) + ":" + quoted(tag.getValue()))
                .collect(joining(",", "{", "}")));
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
  }

  @Override
  public CompletableResultCode flush() {
    return CompletableResultCode.ofSuccess();
  }

  @Override
  public CompletableResultCode shutdown() {
    http.close();
    return CompletableResultCode.ofSuccess();
  }
}
