// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RingTest {
  @Test
  void elements_addedAndDroppedInAnyOrder_areThoseOfAQueueOfThatSize() {
    Random random = new Random(7);
    for (int size = 1; size < 20; size++) {
      Ring<Integer> ring = new Ring<>(size);
      Deque<Integer> model = new ArrayDeque<>(); // the newest first
      for (int i = 0; i < 2_000; i++) {
        if (random.nextInt(5) < 3) {
          boolean free = ring.add(i);
          if (!free) {
            model.removeLast();
          }
          model.addFirst(i);
        } else {
          assertThat(ring.dropOldest()).isEqualTo(model.pollLast() != null);
        }
        assertThat(ring.newestFirst()).containsExactlyElementsOf(model);
        assertThat(ring.isEmpty()).isEqualTo(model.isEmpty());
      }
      assertThat(ring.clear()).isEqualTo(model.size());
      assertThat(ring.isEmpty()).isTrue();
      assertThat(ring.dropOldest()).isFalse();
    }
  }
}
