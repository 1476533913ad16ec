// SPDX-License-Identifier: Apache-2.0
package io.taskscope.hook;

import java.util.Map;

/**
 * How a registered hook is doing.
 *
 * @param hook the name of its class
 * @param failures how often each of its methods has thrown, by method name; methods that never
 *     threw are absent
 * @param quarantined whether it was taken out after three failures in a row
 */
public record HookStatus(String hook, Map<String, Long> failures, boolean quarantined) {
  /** Keeps an immutable copy of the map. */
  public HookStatus {
    failures = Map.copyOf(failures);
  }
}
