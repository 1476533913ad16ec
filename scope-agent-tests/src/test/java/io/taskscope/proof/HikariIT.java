// SPDX-License-Identifier: Apache-2.0
package io.taskscope.proof;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.taskscope.ShutdownReport;
import io.taskscope.TaskScope;
import io.taskscope.testing.TaskscopeExtension;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.extension.RegisterExtension;

/** HikariCP, which opens connections in a pool of its own and keeps house in another. */
@Timeout(value = 90, threadMode = ThreadMode.SEPARATE_THREAD)
class HikariIT {
  private static final int QUERIES = 30;

  @RegisterExtension final TaskscopeExtension taskscope = new TaskscopeExtension();

  private static HikariDataSource pool(String name) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl("jdbc:h2:mem:" + name);
    config.setMaximumPoolSize(4);
    config.setMinimumIdle(1);
    config.setPoolName(name);
    return new HikariDataSource(config);
  }

  private static int query(HikariDataSource pool) throws Exception {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("select 6 * 7")) {
      result.next();
      return result.getInt(1);
    }
  }

  @Test
  void shutdown_ofTheScopeThatOwnsAPoolMadeInIt_isCleanAndClosesIt() throws Exception {
    TaskScope app = taskscope.root("hikari-app");
    TaskScope handlers = app.child("handlers");
    HikariDataSource pool = app.spawn("start", () -> app.own("db-pool", pool("owned"))).get();
    List<Future<Integer>> answers = new ArrayList<>();
    for (int i = 0; i < QUERIES; i++) {
      answers.add(handlers.spawn("query", () -> query(pool)));
    }
    for (Future<Integer> answer : answers) {
      assertThat(answer.get()).isEqualTo(42);
    }
    Await.quiet(handlers);

    ShutdownReport report = app.shutdown(Duration.ofSeconds(30));

    assertThat(report.abandoned()).isEmpty();
    assertThat(report.resources()).singleElement().matches(it -> it.error() == null);
    assertThat(pool.isClosed()).isTrue();
  }

  @Test
  void pool_madeInAScopeThatCloses_servesOthersAsBefore() throws Exception {
    TaskScope maker = taskscope.root("hikari-maker");
    TaskScope user = taskscope.root("hikari-user");
    try (HikariDataSource pool = maker.spawn("start", () -> pool("shared")).get()) {
      maker.shutdown(Duration.ofSeconds(10));

      List<Future<Integer>> answers = new ArrayList<>();
      for (int i = 0; i < QUERIES; i++) {
        answers.add(user.spawn("query", () -> query(pool)));
      }
      for (Future<Integer> answer : answers) {
        assertThat(answer.get()).isEqualTo(42);
      }
      Await.quiet(user);
      assertThat(ScopeCounts.finished(user).failure()).isZero();
      assertThat(pool.isRunning()).isTrue();
    }
  }
}
