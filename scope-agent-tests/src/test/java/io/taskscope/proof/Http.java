// SPDX-License-Identifier: Apache-2.0
package io.taskscope.proof;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** A user of the servers under test, outside of all scopes. */
final class Http implements AutoCloseable {
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final int port;

  Http(int port) {
    this.port = port;
  }

  String get(String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(40))
            .build();
    return client.send(request, BodyHandlers.ofString()).body();
  }

  @Override
  public void close() {
    client.shutdownNow(); // a request that was given up must not hold up the test that says so
  }
}
