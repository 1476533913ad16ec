// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.recording;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RowOrderTest {
  private final RowOrder order = new RowOrder();

  private void assertOrdered(long[] times) {
    long first = Arrays.stream(times).min().orElseThrow();
    long last = Arrays.stream(times).max().orElseThrow();
    int[] wanted =
        IntStream.range(0, times.length)
            .boxed()
            .sorted(Comparator.comparingLong(i -> times[i]))
            .mapToInt(Integer::intValue)
            .toArray();

    assertThat(order.of(times, times.length, first, last)).isEqualTo(wanted);
  }

  @Test
  void rows_ofAnyTimes_areOrderedAndThoseOfOneTimeStayAsTheyWere() {
    Random random = new Random(1);
    for (int round = 0; round < 300; round++) {
      long base = random.nextLong() >> 8;
      int bits = 1 + random.nextInt(44);
      int count = 2 + random.nextInt(round % 50 == 0 ? 20_000 : 200);
      assertOrdered(
          IntStream.range(0, count)
              .mapToLong(i -> base + (random.nextLong() >>> (64 - bits)))
              .toArray());
    }
  }

  @Test
  void rows_ofTimesThatNoFileHas_areOrderedAsFarAsTheBitsReach() {
    long[] times = {Long.MAX_VALUE, 0, Long.MIN_VALUE, 5};
    int[] ordered = order.of(times, 4, Long.MIN_VALUE, Long.MAX_VALUE);

    assertThat(ordered).startsWith(2).endsWith(0).contains(1, 3);
  }

  @Test
  void rows_ofOneTime_stayAsTheyWere() {
    assertOrdered(new long[] {7, 7, 7});
  }
}
