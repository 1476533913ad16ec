// SPDX-License-Identifier: Apache-2.0
/** The agent. Nothing of it is for calling: it is given to the JVM with {@code -javaagent}. */
module io.taskscope.agent {
  requires java.instrument;
  requires static org.jspecify;
}
