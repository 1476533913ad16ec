// SPDX-License-Identifier: Apache-2.0
package io.taskscope.proof;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.taskscope.TaskScope;
import io.taskscope.testing.TaskscopeExtension;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.extension.RegisterExtension;

/** gRPC-Java over Netty, whose event loops start with the first call and serve all later ones. */
@Timeout(value = 90, threadMode = ThreadMode.SEPARATE_THREAD)
class GrpcIT {
  private static final int CALLS = 30;
  private static final Marshaller<String> TEXT =
      new Marshaller<>() {
        @Override
        public InputStream stream(String value) {
          return new ByteArrayInputStream(value.getBytes(UTF_8));
        }

        @Override
        public String parse(InputStream stream) {
          try {
            return new String(stream.readAllBytes(), UTF_8);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      };
  private static final MethodDescriptor<String, String> WORK =
      MethodDescriptor.newBuilder(TEXT, TEXT)
          .setType(MethodType.UNARY)
          .setFullMethodName("proof/work")
          .build();

  @RegisterExtension final TaskscopeExtension taskscope = new TaskscopeExtension();

  private Server server;
  private ManagedChannel channel;
  private volatile TaskScope handlers;

  @BeforeEach
  void serve() throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(
                ServerServiceDefinition.builder("proof")
                    .addMethod(WORK, ServerCalls.asyncUnaryCall(this::work))
                    .build())
            .build()
            .start();
    channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort()).usePlaintext().build();
  }

  private void work(String request, StreamObserver<String> answer) {
    TaskScope scope = handlers;
    answer.onNext(scope == null ? Where.here().path() : RequestWork.handle(scope));
    answer.onCompleted();
  }

  @AfterEach
  void stop() throws InterruptedException {
    channel.shutdownNow().awaitTermination(30, TimeUnit.SECONDS);
    server.shutdownNow().awaitTermination(30, TimeUnit.SECONDS);
  }

  private String call() {
    return ClientCalls.blockingUnaryCall(channel, WORK, CallOptions.DEFAULT, "?");
  }

  @Test
  void handler_inAScope_whatItStartsIsInIt() throws Exception {
    handlers = taskscope.root("grpc-handlers");

    for (int i = 0; i < CALLS; i++) {
      assertThat(call()).isEqualTo(RequestWork.expected(Where.NOWHERE, handlers));
    }

    Await.quiet(handlers);
    assertThat(ScopeCounts.adopted(handlers)).isEqualTo(CALLS * RequestWork.ADOPTED);
    handlers = null;
    assertThat(call()).isEqualTo(Where.NOWHERE);
  }

  @Test
  void client_usedFirstInAScopeThatCloses_servesOthersAsBefore() throws Exception {
    TaskScope first = taskscope.root("grpc-first");
    TaskScope second = taskscope.root("grpc-second");

    assertThat(first.spawn("call", this::call).get()).isEqualTo(Where.NOWHERE);
    first.shutdown(Duration.ofSeconds(10)); // its event loop was started in there

    for (int i = 0; i < CALLS; i++) {
      assertThat(second.spawn("call", this::call).get()).isEqualTo(Where.NOWHERE);
    }
    Await.quiet(second);
    assertThat(ScopeCounts.finished(second).success()).isGreaterThanOrEqualTo(CALLS);
    assertThat(ScopeCounts.finished(second).failure()).isZero();
  }

  @Test
  void callback_onTheExecutorOfAScope_isItsMember() throws Exception {
    TaskScope scope = taskscope.root("grpc-callbacks");
    CompletableFuture<Where> seen = new CompletableFuture<>();

    ClientCalls.asyncUnaryCall(
        channel.newCall(WORK, CallOptions.DEFAULT.withExecutor(scope.executor())),
        "?",
        new StreamObserver<String>() {
          @Override
          public void onNext(String answer) {
            seen.complete(Where.here());
          }

          @Override
          public void onError(Throwable error) {
            seen.completeExceptionally(error);
          }

          @Override
          public void onCompleted() {}
        });

    assertThat(seen.get(60, TimeUnit.SECONDS).isMemberOf(scope)).isTrue();
    Await.quiet(scope);
  }
}
