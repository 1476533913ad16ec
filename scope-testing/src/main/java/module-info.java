// SPDX-License-Identifier: Apache-2.0
/** For tests of code that uses Taskscope: a JUnit extension, a clock and assertions. */
module io.taskscope.testing {
  requires static transitive org.jspecify;
  requires transitive io.taskscope;
  requires transitive org.junit.jupiter.api;

  exports io.taskscope.testing;
}
