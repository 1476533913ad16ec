// SPDX-License-Identifier: Apache-2.0
package io.taskscope.agent;

/** What the agent can do; each is there completely or not at all. */
enum Feature {
  /** Steps and parks of virtual threads. */
  STEPS("steps and parks are not measured"),
  /** Waits of platform threads. */
  PLATFORM_WAITS("waits of platform threads are not measured and count as running"),
  /** Threads that tasks start become members. */
  THREADS("threads that tasks start are not adopted"),
  /** Scopes in thread dumps. */
  DUMPS("thread dumps do not show the scopes"),
  /** What is given to pools becomes a member. */
  POOLS("what tasks give to pools is not adopted");

  /** What its absence means, for people. */
  final String absence;

  Feature(String absence) {
    this.absence = absence;
  }
}
