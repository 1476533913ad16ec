// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel.testing;

import static java.util.stream.Collectors.joining;

import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.resource.v1.Resource;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * A collector inside the test: takes spans and logs by OTLP over gRPC and over HTTP (protobuf) on
 * free ports of the loopback address, keeps them, and misbehaves on request.
 *
 * <pre>{@code
 * try (OtlpReceiver receiver = OtlpReceiver.start()) {
 *   SpanExporter exporter =
 *       OtlpHttpSpanExporter.builder().setEndpoint(receiver.httpEndpoint() + "/v1/traces").build();
 *   ...
 *   receiver.awaitSpans(spans -> spans.size() == 2, Duration.ofSeconds(10));
 * }
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class OtlpReceiver implements AutoCloseable {

  /** What the receiver does with requests. */
  public enum Behaviour {
    /** Keeps what it gets, and says so. */
    ACCEPT,
    /** Answers HTTP 503 and gRPC {@code UNAVAILABLE}, and keeps nothing. */
    UNAVAILABLE,
    /**
     * Takes requests and gives no answer until the behaviour changes or the receiver is closed;
     * then answers as {@link #UNAVAILABLE} does. Keeps nothing.
     */
    HANG,
    /** Does not listen: connections are refused. */
    REFUSE
  }

  private final List<ReceivedSpan> spans = new ArrayList<>();
  private final List<ReceivedLog> logs = new ArrayList<>();
  private final Object lifecycle = new Object(); // held while servers start and stop
  private final OtlpGrpcServer grpc;
  private final OtlpHttpServer http;
  private Behaviour behaviour = Behaviour.ACCEPT;
  private int requests;
  private int compressed;
  private boolean closed;

  private OtlpReceiver() throws IOException {
    grpc = new OtlpGrpcServer(this);
    try {
      http = new OtlpHttpServer(this);
    } catch (IOException | RuntimeException e) {
      grpc.stop();
      throw e;
    }
  }

  /** Starts one that accepts. */
  public static OtlpReceiver start() throws IOException {
    return new OtlpReceiver();
  }

  /** Where it speaks gRPC, as {@code http://localhost:4317}. */
  public String grpcEndpoint() {
    return "http://localhost:" + grpc.port();
  }

  /**
   * Where it speaks HTTP, as {@code http://localhost:4318}: the value for {@code
   * OTEL_EXPORTER_OTLP_ENDPOINT}. An exporter that is given its own URL needs {@code /v1/traces} or
   * {@code /v1/logs} after it.
   */
  public String httpEndpoint() {
    return "http://localhost:" + http.port();
  }

  /** Changes what it does, for requests that hang now also. */
  public void behave(Behaviour next) throws IOException {
    synchronized (lifecycle) {
      boolean listening;
      synchronized (this) {
        if (closed) {
          throw new IllegalStateException("the receiver is closed");
        }
        listening = behaviour != Behaviour.REFUSE;
        behaviour = next;
        notifyAll();
      }
      if (listening && next == Behaviour.REFUSE) {
        grpc.stop();
        http.stop();
      } else if (!listening && next != Behaviour.REFUSE) {
        grpc.listen();
        http.listen();
      }
    }
  }

  /** The spans accepted so far, in the order they came. */
  public synchronized List<ReceivedSpan> spans() {
    return List.copyOf(spans);
  }

  /** The log records accepted so far, in the order they came. */
  public synchronized List<ReceivedLog> logs() {
    return List.copyOf(logs);
  }

  /** How many requests have come, accepted or not. */
  public synchronized int requests() {
    return requests;
  }

  /** How many requests have come over HTTP with gzip, accepted or not. */
  public synchronized int compressedRequests() {
    return compressed;
  }

  synchronized void tookCompressed() {
    compressed++;
  }

  /** Forgets the spans and logs it has. */
  public synchronized void clear() {
    spans.clear();
    logs.clear();
  }

  /**
   * Waits until the spans so far are what the caller waits for.
   *
   * @return these spans
   * @throws AssertionError if that is not so in time; its message lists the spans that came
   */
  public List<ReceivedSpan> awaitSpans(Predicate<List<ReceivedSpan>> wanted, Duration atMost)
      throws InterruptedException {
    return await(this::spans, wanted, atMost, "spans");
  }

  /**
   * Waits until the log records so far are what the caller waits for.
   *
   * @return these log records
   * @throws AssertionError if that is not so in time; its message lists the records that came
   */
  public List<ReceivedLog> awaitLogs(Predicate<List<ReceivedLog>> wanted, Duration atMost)
      throws InterruptedException {
    return await(this::logs, wanted, atMost, "logs");
  }

  /**
   * Waits until that many requests have come, accepted or not.
   *
   * @throws AssertionError if that is not so in time
   */
  public void awaitRequests(int count, Duration atMost) throws InterruptedException {
    await(() -> List.of(requests()), now -> now.getFirst() >= count, atMost, "requests");
  }

  private synchronized <T> List<T> await(
      Supplier<List<T>> now, Predicate<List<T>> wanted, Duration atMost, String what)
      throws InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (true) {
      List<T> current = now.get();
      if (wanted.test(current)) {
        return current;
      }
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        throw new AssertionError(
            "after %s still not the %s waited for, but:%n%s"
                .formatted(
                    atMost,
                    what,
                    current.stream()
                        .map(String::valueOf)
                        .collect(joining(System.lineSeparator()))));
      }
      wait(Math.max(1, left / 1_000_000));
    }
  }

  /** Takes a request of one of the servers; false if it shall be answered with "unavailable". */
  boolean take(ExportTraceServiceRequest request) {
    return take(
        () ->
            request
                .getResourceSpansList()
                .forEach(
                    ofResource -> {
                      Map<String, Object> resource = attributes(ofResource.getResource());
                      ofResource
                          .getScopeSpansList()
                          .forEach(
                              ofScope ->
                                  ofScope
                                      .getSpansList()
                                      .forEach(
                                          span ->
                                              spans.add(
                                                  new ReceivedSpan(
                                                      span,
                                                      resource,
                                                      ofScope.getScope().getName()))));
                    }));
  }

  /** Takes a request of one of the servers; false if it shall be answered with "unavailable". */
  boolean take(ExportLogsServiceRequest request) {
    return take(
        () ->
            request
                .getResourceLogsList()
                .forEach(
                    ofResource -> {
                      Map<String, Object> resource = attributes(ofResource.getResource());
                      ofResource
                          .getScopeLogsList()
                          .forEach(
                              ofScope ->
                                  ofScope
                                      .getLogRecordsList()
                                      .forEach(
                                          log ->
                                              logs.add(
                                                  new ReceivedLog(
                                                      log,
                                                      resource,
                                                      ofScope.getScope().getName()))));
                    }));
  }

  private synchronized boolean take(Runnable keep) {
    requests++;
    notifyAll();
    boolean hung = false;
    while (behaviour == Behaviour.HANG && !closed) {
      hung = true;
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    if (hung || closed || behaviour != Behaviour.ACCEPT) {
      return false;
    }
    keep.run();
    notifyAll();
    return true;
  }

  private static Map<String, Object> attributes(Resource resource) {
    return OtlpValues.map(resource.getAttributesList());
  }

  /** Stops listening and lets go of requests that hang. May be called twice. */
  @Override
  public void close() {
    synchronized (lifecycle) {
      synchronized (this) {
        closed = true;
        notifyAll();
      }
      grpc.stop();
      http.stop();
    }
  }
}
