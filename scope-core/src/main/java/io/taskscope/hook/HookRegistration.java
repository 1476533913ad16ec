// SPDX-License-Identifier: Apache-2.0
package io.taskscope.hook;

/**
 * A hook that is registered; closing it takes the hook out. Thread-safe, and may be closed twice.
 */
public interface HookRegistration extends AutoCloseable {
  /** Takes the hook out. Tasks it saw starting still report their end to it; nothing else does. */
  @Override
  void close();

  /** What has become of the hook. */
  HookStatus status();
}
