// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel.testing;

import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A collector that speaks just enough HTTP to answer wrongly in ways a real server does not offer.
 * For OTLP over HTTP with binary protobuf, uncompressed.
 */
public final class FaultyCollector implements AutoCloseable {
  /** What it does with a request. */
  public enum Fault {
    /** Takes the spans. */
    NONE,
    /** Cuts the connection with a reset, in the middle of the request. */
    RESET,
    /** Cuts the connection when the request has been read. */
    HANG_UP,
    /** 429 with {@code Retry-After: 1}. */
    TOO_MANY_REQUESTS,
    /** 503 with {@code Retry-After: 1}. */
    UNAVAILABLE,
    /** Takes the spans, and answers 200 with a body that is no answer. */
    RUBBISH_BODY,
    /** Bytes that are not HTTP. */
    RUBBISH,
    /** Takes the spans, and sends its answer byte by byte over a second. */
    SLOW
  }

  private static final String CLOSE = "\r\nConnection: close";

  private final ServerSocket listener;
  private final AtomicInteger spans = new AtomicInteger();
  private final AtomicInteger requests = new AtomicInteger();
  private volatile Fault fault = Fault.NONE;

  /** Starts to listen on a free port of the loopback address. */
  public FaultyCollector() throws IOException {
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofPlatform().daemon().name("faulty-collector").start(this::accept);
  }

  /** Where spans are to be sent. */
  public String tracesUrl() {
    return "http://localhost:" + listener.getLocalPort() + "/v1/traces";
  }

  /** What it does from now on. */
  public void behave(Fault next) {
    fault = next;
  }

  /** How many spans it has taken. */
  public int spans() {
    return spans.get();
  }

  /** How many requests have come. */
  public int requests() {
    return requests.get();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      OutputStream out = socket.getOutputStream();
      while (true) {
        int length = contentLength(in);
        if (length < 0) {
          return;
        }
        requests.incrementAndGet();
        Fault now = fault;
        if (now == Fault.RESET) {
          socket.setSoLinger(true, 0);
          return;
        }
        byte[] body = new byte[length];
        in.readFully(body);
        if (now == Fault.HANG_UP) {
          return;
        }
        answer(now, body, out);
        if (now != Fault.NONE) {
          return;
        }
      }
    } catch (IOException | InterruptedException gone) {
      // The other side has gone, which is its right.
    }
  }

  private void answer(Fault now, byte[] body, OutputStream out)
      throws IOException, InterruptedException {
    switch (now) {
      case TOO_MANY_REQUESTS -> write(out, "429 Too Many Requests\r\nRetry-After: 1" + CLOSE, "");
      case UNAVAILABLE -> write(out, "503 Service Unavailable\r\nRetry-After: 1" + CLOSE, "");
      case RUBBISH_BODY -> {
        take(body);
        write(out, "200 OK\r\nContent-Type: text/html" + CLOSE, "<h1>hello</h1>");
      }
      case RUBBISH -> {
        out.write(new byte[] {0, 1, 2, (byte) 0xff, 'x', '\n', '\n'});
        out.flush();
      }
      case SLOW -> {
        take(body);
        for (byte each :
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
                .getBytes(StandardCharsets.US_ASCII)) {
          out.write(each);
          out.flush();
          Thread.sleep(25);
        }
      }
      default -> {
        take(body);
        write(out, "200 OK\r\nContent-Type: application/x-protobuf", "");
      }
    }
  }

  private void take(byte[] body) throws IOException {
    ExportTraceServiceRequest.parseFrom(body).getResourceSpansList().stream()
        .flatMap(resource -> resource.getScopeSpansList().stream())
        .forEach(scope -> spans.addAndGet(scope.getSpansCount()));
  }

  private static void write(OutputStream out, String status, String body) throws IOException {
    String answer =
        "HTTP/1.1 " + status + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    out.write(answer.getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  /** Reads the head of a request; -1 at the end. */
  private static int contentLength(InputStream in) throws IOException {
    int length = 0;
    StringBuilder line = new StringBuilder();
    boolean any = false;
    for (int next = in.read(); next >= 0; next = in.read()) {
      any = true;
      if (next == '\n') {
        String text = line.toString().trim().toLowerCase(Locale.ROOT);
        if (text.isEmpty()) {
          return length;
        }
        if (text.startsWith("content-length:")) {
          length = Integer.parseInt(text.substring("content-length:".length()).trim());
        }
        line.setLength(0);
      } else {
        line.append((char) next);
      }
    }
    return any ? 0 : -1;
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
