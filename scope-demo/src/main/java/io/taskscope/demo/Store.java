// SPDX-License-Identifier: Apache-2.0
package io.taskscope.demo;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;

/** The database of one application: a connection pool on an H2 that lives in memory. */
final class Store implements AutoCloseable {
  static final int USERS = 1_000;

  private final HikariDataSource pool;

  private Store(HikariDataSource pool) {
    this.pool = pool;
  }

  /** Opens the pool and fills the tables. */
  static Store open(String name) throws SQLException {
    HikariConfig config = new HikariConfig();
    config.setPoolName(name);
    // The database lasts as long as the pool holds a connection to it, and has no hook of its own
    // at
    // exit: the scope that owns the pool closes it, in its turn.
    config.setJdbcUrl("jdbc:h2:mem:" + name + ";DB_CLOSE_ON_EXIT=FALSE");
    config.setMaximumPoolSize(8);
    config.setConnectionTimeout(2_000);
    Store store = new Store(new HikariDataSource(config));
    try {
      store.fill();
    } catch (SQLException | RuntimeException e) {
      store.close();
      throw e;
    }
    return store;
  }

  private void fill() throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE users (id INT PRIMARY KEY, name VARCHAR(40), orders INT)");
      statement.execute("CREATE TABLE audit (at TIMESTAMP, entry VARCHAR(200))");
      statement.execute(
          "INSERT INTO users SELECT x, 'user-' || x, MOD(x * 7, 23) FROM SYSTEM_RANGE(1, %s)"
              .formatted(USERS));
    }
  }

  /** The name of a user. */
  Optional<String> userName(int id) throws SQLException {
    try (Connection connection = pool.getConnection();
        PreparedStatement select =
            connection.prepareStatement("SELECT name FROM users WHERE id = ?")) {
      select.setInt(1, id);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() ? Optional.of(rows.getString(1)) : Optional.empty();
      }
    }
  }

  /** How many orders all users together have. */
  long orders() throws SQLException {
    return number("SELECT SUM(orders) FROM users");
  }

  /** How many entries the audit log has. */
  long audited() throws SQLException {
    return number("SELECT COUNT(*) FROM audit");
  }

  private long number(String query) throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  /** Writes entries to the audit log, in one transaction. */
  void audit(List<String> entries) throws SQLException {
    try (Connection connection = pool.getConnection();
        PreparedStatement insert =
            connection.prepareStatement("INSERT INTO audit VALUES (CURRENT_TIMESTAMP, ?)")) {
      for (String entry : entries) {
        insert.setString(1, entry);
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  /** Closes the pool, and with it the database. */
  @Override
  public void close() {
    pool.close();
  }
}
