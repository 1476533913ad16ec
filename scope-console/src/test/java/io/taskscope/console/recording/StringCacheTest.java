// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.recording;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StringCacheTest {
  private final Names names = new Names();
  private final StringCache cache = new StringCache(names);
  private final Random random = new Random(1);

  /** A text as it stands in a recording, behind the byte that says how it is encoded. */
  private static byte[] encoded(String text, int encoding) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (encoding == ByteReader.STRING_CHARS) {
      number(out, text.length());
      text.chars().forEach(c -> number(out, c));
    } else {
      Charset charset =
          encoding == ByteReader.STRING_UTF8 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1;
      byte[] bytes = text.getBytes(charset);
      number(out, bytes.length);
      out.writeBytes(bytes);
    }
    return out.toByteArray();
  }

  private static void number(ByteArrayOutputStream out, int value) {
    int left = value;
    while (left > 0x7F) {
      out.write((left & 0x7F) | 0x80);
      left >>>= 7;
    }
    out.write(left);
  }

  /** Reads it with other bytes before and, unless it is to end the array, behind it. */
  private void assertReadAs(String text, int encoding, boolean atTheEnd) {
    byte[] own = encoded(text, encoding);
    byte[] bytes = new byte[3 + own.length + (atTheEnd ? 0 : 9)];
    random.nextBytes(bytes);
    System.arraycopy(own, 0, bytes, 3, own.length);
    ByteReader in = new ByteReader(bytes, 3, bytes.length);

    int number = cache.number(in, encoding);

    assertThat(names.text(number)).isEqualTo(text);
    assertThat(in.position()).isEqualTo(3 + own.length);
  }

  private void assertReadAs(String text, int encoding) {
    for (int round = 0; round < 2; round++) { // new, and known
      assertReadAs(text, encoding, false);
      assertReadAs(text, encoding, true);
    }
  }

  @Test
  void texts_ofEveryLengthAndEncoding_areThemselves() {
    for (int length = 0; length <= 300; length++) {
      String plain = "x".repeat(length);
      assertReadAs(plain, ByteReader.STRING_UTF8);
      assertReadAs(plain, ByteReader.STRING_LATIN1);
      assertReadAs(plain, ByteReader.STRING_CHARS);
      String foreign = "é".repeat(length);
      assertReadAs(foreign, ByteReader.STRING_UTF8);
      assertReadAs(foreign, ByteReader.STRING_LATIN1);
      assertReadAs(foreign, ByteReader.STRING_CHARS);
    }
  }

  @Test
  void texts_thatAreNearlyTheSame_areToldApart() {
    assertReadAs("/web/app-a", ByteReader.STRING_LATIN1);
    assertReadAs("/web/app-b", ByteReader.STRING_LATIN1);
    assertReadAs("/web/app-", ByteReader.STRING_LATIN1);
    assertReadAs("/web/app-a\0", ByteReader.STRING_LATIN1); // as a word, the same as the first
    assertReadAs("é", ByteReader.STRING_UTF8);
    assertReadAs("Ã©", ByteReader.STRING_LATIN1); // the same bytes, read otherwise
    assertReadAs("日本", ByteReader.STRING_CHARS);
  }

  @Test
  void texts_moreThanAreKept_areThemselvesAllTheSame() {
    for (int i = 0; i < 20_000; i++) {
      assertReadAs("task " + i, ByteReader.STRING_LATIN1, i % 2 == 0);
    }
    assertReadAs("task 0", ByteReader.STRING_LATIN1);
  }

  @Test
  void texts_byChance_areThemselves() {
    for (int i = 0; i < 5_000; i++) {
      String text =
          random
              .ints(random.nextInt(40), 0, 0x250)
              .collect(StringBuilder::new, (b, c) -> b.append((char) c), StringBuilder::append)
              .toString();
      assertReadAs(text, ByteReader.STRING_UTF8);
      assertReadAs(text, ByteReader.STRING_CHARS);
    }
  }
}
