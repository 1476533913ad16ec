// SPDX-License-Identifier: Apache-2.0
/** The Taskscope command line. */
module io.taskscope.console {
  requires com.fasterxml.jackson.core;
  requires info.picocli;
  requires io.taskscope;
  requires io.taskscope.jfr;
  requires org.jline;
  requires static org.jspecify;
}
