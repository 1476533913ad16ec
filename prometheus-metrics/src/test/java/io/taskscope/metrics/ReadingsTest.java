// SPDX-License-Identifier: Apache-2.0
package io.taskscope.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskscope.view.AgentStatus;
import io.taskscope.view.Statistics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ReadingsTest {
  private final AtomicLong now = new AtomicLong(1_000_000_000_000L);
  private final List<Long> values = new ArrayList<>();
  private final List<Long> series = new ArrayList<>();
  private boolean failing;

  private final Readings readings =
      new Readings(
          now::get,
          this::read,
          reading -> values.add(reading.number()),
          reading -> series.add(reading.number()));

  private Reading read(long number) {
    if (failing) {
      throw new IllegalStateException("cannot read");
    }
    return new Reading(
        number,
        new Statistics(List.of(), 0, 0, AgentStatus.NONE),
        List.of(),
        Map.of(),
        List.of(),
        Map.of());
  }

  @Test
  void use_firstMeterEver_takesAReading() {
    readings.use();

    assertThat(values).containsExactly(1L);
    assertThat(series).containsExactly(1L);
    assertThat(readings.begun()).isEqualTo(1);
  }

  @Test
  void use_manyMetersOfOneScrape_takesOneReading() {
    for (int meter = 0; meter < 18; meter++) {
      readings.use();
      now.addAndGet(Readings.PAUSE - 1);
    }

    assertThat(values).containsExactly(1L);
  }

  @Test
  void use_afterAPause_takesAnotherReading() {
    readings.use();
    now.addAndGet(Readings.PAUSE);
    readings.use();

    assertThat(values).containsExactly(1L, 2L);
  }

  @Test
  void use_allTheTime_takesAnotherReadingWhenTheLastIsOld() {
    for (long time = 0; time <= Readings.MAX_AGE; time += Readings.PAUSE / 2) {
      readings.use();
      now.addAndGet(Readings.PAUSE / 2);
    }
    readings.use();

    assertThat(values).containsExactly(1L, 2L);
  }

  @Test
  void refresh_withinAScrape_takesAReadingAndLeavesSeriesToTheCaller() {
    readings.use();
    Reading reading = readings.refresh();

    assertThat(reading).isNotNull();
    assertThat(reading.number()).isEqualTo(2);
    assertThat(values).containsExactly(1L, 2L);
    assertThat(series).containsExactly(1L);
  }

  @Test
  void use_whenReadingFails_keepsOldValuesAndRecovers() {
    failing = true;
    readings.use();
    assertThat(values).isEmpty();
    assertThat(readings.refresh()).isNull();

    failing = false;
    now.addAndGet(Readings.PAUSE);
    readings.use();
    assertThat(values).containsExactly(3L);
  }

  @Test
  void use_byTheReaderItself_doesNotReadAgain() {
    Readings[] self = new Readings[1];
    self[0] =
        new Readings(
            now::get,
            number -> {
              self[0].use();
              return read(number);
            },
            reading -> values.add(reading.number()),
            reading -> {});

    self[0].use();

    assertThat(values).containsExactly(1L);
  }

  @Test
  void use_whileAnotherThreadReads_waitsForItsReading() throws Exception {
    CountDownLatch inReader = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    AtomicLong current = new AtomicLong();
    Readings slow =
        new Readings(
            now::get,
            number -> {
              inReader.countDown();
              await(goOn);
              return read(number);
            },
            reading -> current.set(reading.number()),
            reading -> {});
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      Future<?> first = threads.submit(slow::use);
      await(inReader);
      Future<Long> second =
          threads.submit(
              () -> {
                slow.use();
                return current.get();
              });
      goOn.countDown();

      first.get(10, TimeUnit.SECONDS);
      assertThat(second.get(10, TimeUnit.SECONDS)).isEqualTo(1);
    }
    assertThat(slow.begun()).isEqualTo(1);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
