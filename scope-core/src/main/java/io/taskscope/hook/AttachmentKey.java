// SPDX-License-Identifier: Apache-2.0
package io.taskscope.hook;

/**
 * Names the place on a task where one hook keeps its state; compared by identity, so make one
 * constant per use.
 *
 * <pre>{@code
 * private static final AttachmentKey<Span> SPAN = AttachmentKey.of("otel.span");
 * }</pre>
 *
 * @param <T> the type of the state
 */
@SuppressWarnings("UnusedTypeParameter") // it types what is stored under the key
public final class AttachmentKey<T> {
  private final String name;

  private AttachmentKey(String name) {
    this.name = name;
  }

  /**
   * A new key, different from all others.
   *
   * @param name for messages and debuggers
   */
  public static <T> AttachmentKey<T> of(String name) {
    return new AttachmentKey<>(name);
  }

  @Override
  public String toString() {
    return name;
  }
}
