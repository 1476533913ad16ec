// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel.testing;

import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import io.opentelemetry.proto.collector.logs.v1.LogsServiceGrpc;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** The gRPC side of {@link OtlpReceiver}. */
final class OtlpGrpcServer {
  private final OtlpReceiver receiver;
  private final int port;
  private Server server;

  OtlpGrpcServer(OtlpReceiver receiver) throws IOException {
    this.receiver = receiver;
    server = start(0);
    port = server.getPort();
  }

  int port() {
    return port;
  }

  /** Listens again, on the port it had. */
  void listen() throws IOException {
    server = start(port);
  }

  void stop() {
    server.shutdownNow();
    try {
      server.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Server start(int port) throws IOException {
    return NettyServerBuilder.forAddress(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
        .executor(task -> Thread.ofVirtual().name("otlp-grpc").start(task)) // a hang blocks no one
        .addService(new TraceService())
        .addService(new LogsService())
        .build()
        .start();
  }

  private final class TraceService extends TraceServiceGrpc.TraceServiceImplBase {
    @Override
    public void export(
        ExportTraceServiceRequest request, StreamObserver<ExportTraceServiceResponse> answer) {
      answer(receiver.take(request), ExportTraceServiceResponse.getDefaultInstance(), answer);
    }
  }

  private final class LogsService extends LogsServiceGrpc.LogsServiceImplBase {
    @Override
    public void export(
        ExportLogsServiceRequest request, StreamObserver<ExportLogsServiceResponse> answer) {
      answer(receiver.take(request), ExportLogsServiceResponse.getDefaultInstance(), answer);
    }
  }

  private static <T> void answer(boolean taken, T response, StreamObserver<T> answer) {
    if (taken) {
      answer.onNext(response);
      answer.onCompleted();
    } else {
      answer.onError(
          Status.UNAVAILABLE.withDescription("told to be unavailable").asRuntimeException());
    }
  }
}
