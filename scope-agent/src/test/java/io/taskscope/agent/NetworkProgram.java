// SPDX-License-Identifier: Apache-2.0
package io.taskscope.agent;

import io.taskscope.Task;
import io.taskscope.TaskScope;
import io.taskscope.view.PathStatistics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;

/**
 * Started in a JVM of its own, because its tasks have to be the first virtual threads there that
 * wait for the network: the JDK then starts threads of its own for that. Prints how many tasks the
 * scope had, and how it and one after it ended.
 */
final class NetworkProgram {
  private NetworkProgram() {}

  /** See the class. */
  public static void main(String... arguments) throws Exception {
    for (String name : new String[] {"first", "second"}) {
      TaskScope scope = TaskScope.root(name);
      int read = scope.spawn("pair", () -> exchange(scope)).get();
      System.out.println(name + ".read=" + read);
      System.out.println(name + ".tasks=" + started(name));
      System.out.println(name + ".report=" + scope.shutdown(Duration.ofSeconds(30)).result());
    }
  }

  private static int exchange(TaskScope scope) throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Task<Integer> accepted = scope.spawn("accept", () -> read(server));
      try (Socket client = new Socket(server.getInetAddress(), server.getLocalPort())) {
        client.getOutputStream().write(42);
        return accepted.get();
      }
    }
  }

  private static int read(ServerSocket server) throws IOException {
    try (Socket socket = server.accept()) {
      return socket.getInputStream().read();
    }
  }

  private static long started(String path) {
    return TaskScope.statistics().paths().stream()
        .filter(statistics -> statistics.path().equals("/" + path))
        .map(PathStatistics::started)
        .flatMap(started -> started.values().stream())
        .mapToLong(Long::longValue)
        .sum();
  }
}
