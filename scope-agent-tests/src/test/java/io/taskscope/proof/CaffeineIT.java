// SPDX-License-Identifier: Apache-2.0
package io.taskscope.proof;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.AsyncLoadingCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.taskscope.TaskScope;
import io.taskscope.testing.TaskscopeExtension;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Caffeine, which loads and refreshes in the common pool. */
@Timeout(value = 90, threadMode = ThreadMode.SEPARATE_THREAD)
class CaffeineIT {
  private static final int KEYS = 50;

  @RegisterExtension final TaskscopeExtension taskscope = new TaskscopeExtension();

  @Test
  void load_askedByTwoScopes_eachLoadIsAMemberOfTheOneThatAskedFirst() throws Exception {
    TaskScope a = taskscope.root("caffeine-a");
    TaskScope b = taskscope.root("caffeine-b");
    AsyncLoadingCache<String, Where> cache = Caffeine.newBuilder().buildAsync(key -> Where.here());

    List<Where> ofA = a.spawn("get", () -> load(cache, "a")).get();
    List<Where> ofB = b.spawn("get", () -> load(cache, "b")).get();
    List<Where> again = b.spawn("get", () -> load(cache, "a")).get();

    assertThat(ofA).hasSize(KEYS).allMatch(where -> where.isMemberOf(a));
    assertThat(ofB).hasSize(KEYS).allMatch(where -> where.isMemberOf(b));
    assertThat(again).isEqualTo(ofA); // cached
    Await.quiet(a);
    Await.quiet(b);
    assertThat(ScopeCounts.adopted(a)).isGreaterThanOrEqualTo(KEYS); // and its maintenance
    assertThat(ForkJoinPool.commonPool().submit(Where::here).get().path()).isEqualTo(Where.NOWHERE);
  }

  private static List<Where> load(AsyncLoadingCache<String, Where> cache, String prefix) {
    return IntStream.range(0, KEYS).mapToObj(i -> cache.get(prefix + i).join()).toList();
  }

  @Test
  void refresh_byAReaderInAScope_runsAsItsMemberAndNobodyWaits() throws Exception {
    TaskScope reader = taskscope.root("caffeine-reader");
    AtomicLong now = new AtomicLong();
    AtomicInteger loads = new AtomicInteger();
    Map<Integer, Where> loadedBy = new ConcurrentHashMap<>();
    LoadingCache<String, Integer> cache =
        Caffeine.newBuilder()
            .refreshAfterWrite(Duration.ofMinutes(1))
            .ticker(now::get)
            .build(
                key -> {
                  loadedBy.put(loads.incrementAndGet(), Where.here());
                  return loads.get();
                });
    assertThat(cache.get("key")).isEqualTo(1); // outside of all scopes, on this thread
    now.addAndGet(Duration.ofMinutes(2).toNanos());

    Integer stale = reader.spawn("read", () -> cache.get("key")).get();

    assertThat(stale).isBetween(1, 2);
    Await.until("refreshed", () -> cache.getIfPresent("key") == 2);
    assertThat(loadedBy.get(1).path()).isEqualTo(Where.NOWHERE);
    assertThat(loadedBy.get(2).isMemberOf(reader)).as("" + loadedBy).isTrue();
    Await.quiet(reader);
  }
}
