// SPDX-License-Identifier: Apache-2.0
package io.taskscope.proof.boot;

import io.taskscope.TaskScope;
import java.time.Duration;
import java.util.Objects;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.scheduling.annotation.EnableAsync;

/** A web application whose requests are tasks of one scope. */
@SpringBootApplication(proxyBeanMethods = false)
@EnableAsync
public class Application {
  /** For Spring. */
  protected Application() {}

  /** Starts it, and says on which port. */
  public static void main(String... arguments) {
    var context = SpringApplication.run(Application.class, arguments);
    WebServer server = ((WebServerApplicationContext) context).getWebServer();
    System.out.println("port=" + Objects.requireNonNull(server).getPort());
  }

  /** The root, which Spring shuts down with the application. */
  @Bean(destroyMethod = "")
  TaskScope web() {
    return TaskScope.root("web", o -> o.drainTimeout(Duration.ofSeconds(5)));
  }

  @Bean(destroyMethod = "")
  TaskScope handlers(TaskScope web) {
    return web.child("handlers");
  }
}
