// SPDX-License-Identifier: Apache-2.0
package io.taskscope.demo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Asks over HTTP, once or until the answer is the one waited for. */
final class HttpProbe {
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private HttpProbe() {}

  static HttpResponse<String> get(String address) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(address)).timeout(Duration.ofSeconds(10)).build();
    return CLIENT.send(request, BodyHandlers.ofString());
  }

  /** Asks many times at once; the statuses of the answers. */
  static List<Integer> getAtOnce(String address, int times) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(address)).timeout(Duration.ofSeconds(30)).build();
    return Stream.generate(() -> CLIENT.sendAsync(request, BodyHandlers.discarding()))
        .limit(times)
        .toList() // all are sent before the first is waited for
        .stream()
        .map(answer -> answer.join().statusCode())
        .toList();
  }

  /** Asks every 50 ms; a server that does not answer counts as one that is not ready. */
  static HttpResponse<String> await(String address, Predicate<HttpResponse<String>> wanted)
      throws InterruptedException {
    long end = System.nanoTime() + DemoProcess.PATIENCE.toNanos();
    Object last = "nothing asked";
    while (System.nanoTime() < end) {
      try {
        HttpResponse<String> response = get(address);
        if (wanted.test(response)) {
          return response;
        }
        last = response.statusCode() + " " + response.body();
      } catch (IOException e) {
        last = e;
      }
      Thread.sleep(50);
    }
    throw new AssertionError(
        "%s does not answer as waited for; last was %s".formatted(address, last));
  }
}
