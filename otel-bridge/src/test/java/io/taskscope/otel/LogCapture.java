// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** Keeps what a logger is told, and keeps it off the console. */
public final class LogCapture extends Handler {
  private final Logger logger;
  private final boolean parentHandlers;
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Set<String> names = new ConcurrentSkipListSet<>();

  /** Begins to listen. */
  public LogCapture(String name) {
    logger = Logger.getLogger(name);
    parentHandlers = logger.getUseParentHandlers();
    logger.setUseParentHandlers(false);
    logger.addHandler(this);
  }

  /** The records so far, as {@code LEVEL message}. */
  public List<String> lines() {
    return List.copyOf(lines);
  }

  /** The names of the loggers that were used, which are those below the one listened to. */
  public Set<String> names() {
    return Set.copyOf(names);
  }

  @Override
  public void publish(LogRecord record) {
    names.add(record.getLoggerName());
    Level level = record.getLevel();
    lines.add(level + " " + new SimpleFormatter().formatMessage(record));
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    logger.removeHandler(this);
    logger.setUseParentHandlers(parentHandlers);
  }
}
