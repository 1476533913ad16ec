// SPDX-License-Identifier: Apache-2.0
package io.taskscope.view;

/**
 * A task that created another one. Holds nothing of it in memory but its names.
 *
 * @param id its id
 * @param name its name
 * @param path the path of its scope
 */
public record Creator(long id, String name, String path) {
  @Override
  public String toString() {
    return "task " + id + " \"" + name + "\" of " + path;
  }
}
