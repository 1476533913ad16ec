// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Whatever text is given as a selector, a path or a name: it is taken or refused with a reason, and
 * nothing hangs.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AnyTextTest {
  private static final String[] PIECES = {
    "/",
    "/web",
    "/*",
    "/**",
    "app-a",
    "*",
    "[",
    "]",
    "[live",
    "[name",
    "[age",
    "[state",
    "[id",
    "=",
    "!=",
    ">",
    ">=",
    "<",
    "<=",
    "~",
    "'",
    "''",
    "1",
    "5s",
    "250ms",
    "99999999999h",
    "-",
    ".",
    "open",
    "(",
    ")",
    "(a+)+",
    "{2}",
    "{99999}",
    "\\",
    "+",
    "?",
    "|",
    "[a-z]",
    "$",
    "^",
    " ",
    "\n",
    "\u0000",
    "ä",
    "\uD83D",
    "Q",
    "\\Q",
    "\\E",
    "(?<n>",
    "\\k<n>",
    "(?=",
    "&&",
    "[^",
  };

  @RegisterExtension final TreeGuard guard = new TreeGuard();

  private final Random random = new Random(20_251);

  private String text(String start, int most) {
    StringBuilder text = new StringBuilder(start);
    for (int n = random.nextInt(most); n > 0; n--) {
      text.append(PIECES[random.nextInt(PIECES.length)]);
    }
    return text.toString();
  }

  private TaskScope web() {
    TaskScope web = guard.root("web", o -> o.drainTimeout(Duration.ZERO));
    web.child("app-a").child("handlers");
    CountDownLatch never = guard.latch();
    web.spawn("a".repeat(40) + "b", () -> never.await());
    return web;
  }

  @Test
  void selector_ofAnyText_isReadOrRefused() {
    TaskScope web = web();
    int read = 0;
    int refused = 0;
    long slowest = 0;
    for (int i = 0; i < 200_000; i++) {
      String text = text(random.nextInt(4) == 0 ? "" : "/web", 12);
      long before = System.nanoTime();
      try {
        if ((i & 1) == 0) {
          web.scopes(text);
        } else {
          web.tasks(text);
        }
        read++;
      } catch (IllegalArgumentException expected) {
        assertThat(expected.getMessage()).isNotBlank();
        refused++;
      }
      slowest = Math.max(slowest, System.nanoTime() - before);
    }
    assertThat(read).isGreaterThan(1_000);
    assertThat(refused).isGreaterThan(1_000);
    assertThat(Duration.ofNanos(slowest)).isLessThan(Duration.ofSeconds(2));
  }

  @Test
  void deeplyNestedExpression_isReadOrRefused() {
    TaskScope web = guard.root("web");
    CountDownLatch never = guard.latch();
    web.spawn("t", () -> never.await());
    assertThatCode(
            () -> {
              try {
                web.tasks("/**[name~'" + "(".repeat(450) + "x" + ")*".repeat(230) + "']");
              } catch (IllegalArgumentException expected) {
                assertThat(expected).hasMessageContaining("column");
              }
            })
        .doesNotThrowAnyException();
  }

  @Test
  void path_ofAnyText_leadsToWhatHasItOrNowhere() {
    TaskScope web = web();
    int found = 0;
    for (int i = 0; i < 100_000; i++) {
      String text = text(random.nextInt(4) == 0 ? "app-a/handlers" : "", 6);

      TaskScope scope = web.find(text).orElse(null);

      String plain = text.replaceAll("/+", "/").replaceAll("^/|/$", "");
      if (scope != null) {
        assertThat(scope.path()).as(text).isEqualTo(plain.isEmpty() ? "/web" : "/web/" + plain);
        found++;
      } else {
        assertThat(plain).as(text).isNotIn("", "app-a", "app-a/handlers");
      }
    }
    assertThat(found).isGreaterThan(1_000);
    assertThat(web.find("/".repeat(1_000_000))).contains(web);
    assertThat(web.find("app-a/".repeat(200_000))).isEmpty();
  }

  @Test
  void name_ofAnyText_isTakenAsItIsOrRefusedWithWhatWouldBeRight() {
    TaskScope web = web();
    for (int i = 0; i < 20_000; i++) {
      String text = text("", 6);

      boolean scope = taken(() -> Checks.scopeName(text), text);
      boolean task = taken(() -> Checks.taskName(text), text);
      boolean resource = taken(() -> Checks.resourceName(text), text);

      boolean control = text.chars().anyMatch(Character::isISOControl);
      assertThat(scope).as(text).isEqualTo(text.matches("[a-z0-9][a-z0-9._-]{0,63}"));
      assertThat(task).as(text).isEqualTo(!text.isEmpty() && !control);
      assertThat(resource).as(text).isEqualTo(!text.isBlank() && !control);
    }
    assertThat(web.children()).hasSize(1);
  }

  private static boolean taken(Supplier<String> name, String text) {
    Throwable thrown = catchThrowable(() -> assertThat(name.get()).isEqualTo(text));
    if (thrown != null) {
      assertThat(thrown)
          .isExactlyInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("bad ")
          .hasMessageMatching("(?s).*\\b1 to [0-9]+\\b.*");
      assertThat(thrown.getMessage().chars()).noneMatch(Character::isISOControl);
    }
    return thrown == null;
  }

  @Test
  void nameOfAThread_ofAnyText_becomesOneThatIsAllowed() {
    for (int i = 0; i < 20_000; i++) {
      Thread thread = Thread.ofVirtual().name(text("w-1 ", 60)).unstarted(() -> {});

      String name = Names.ofThread(thread, this);

      assertThat(Checks.taskName(name)).isEqualTo(name);
      if (isWellFormed(thread.getName())) {
        assertThat(isWellFormed(name)).as("no half of a character in %s", name).isTrue();
      }
    }
    String smile = "\uD83D\uDE00";
    String cut = Names.fold("x".repeat(127) + smile);
    assertThat(cut).isEqualTo("x".repeat(127));
  }

  private static boolean isWellFormed(String text) {
    return text.codePoints().noneMatch(c -> c >= 0xD800 && c <= 0xDFFF);
  }
}
