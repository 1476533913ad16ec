// SPDX-License-Identifier: Apache-2.0
package io.taskscope.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class OptionValuesTest {
  @ParameterizedTest
  @CsvSource({
    "250ms, PT0.25S, 250ms",
    "30s, PT30S, 30s",
    "90s, PT1M30S, 90s",
    "120s, PT2M, 2m",
    "2m, PT2M, 2m",
    "1h, PT1H, 1h",
    "999999h, PT999999H, 999999h"
  })
  void duration_wellFormed_isReadAndWritten(String text, Duration duration, String written) {
    assertThat(new DurationText().convert(text)).isEqualTo(duration);
    assertThat(DurationText.of(duration)).isEqualTo(written);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "s", "10", "-1s", "1.5s", "0s", "0ms", "1 s", "1d", "1000000s"})
  void duration_malformed_isShownWithWhatIsRight(String text) {
    assertThatThrownBy(() -> new DurationText().convert(text))
        .isInstanceOf(TypeConversionException.class)
        .hasMessageContaining("\"" + text + "\"")
        .hasMessageContaining("500ms, 30s, 2m or 1h");
  }

  @Test
  void port_withinBounds_isRead() {
    assertThat(new WholeNumber.Port().convert("0")).isZero();
    assertThat(new WholeNumber.Port().convert("65535")).isEqualTo(65535);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "65536", "99999999999", "http", ""})
  void port_outOfBounds_isShownWithWhatIsRight(String text) {
    assertThatThrownBy(() -> new WholeNumber.Port().convert(text))
        .isInstanceOf(TypeConversionException.class)
        .hasMessage("\"%s\" is no port: write 1 to 65535, or 0 for any free one", text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"201", "-1", "fast"})
  void rate_outOfBounds_isShownWithWhatIsRight(String text) {
    assertThatThrownBy(() -> new WholeNumber.Rate().convert(text))
        .isInstanceOf(TypeConversionException.class)
        .hasMessageContaining("\"%s\" is no rate: write 1 to 200", text);
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, 127.0.0.1",
    "0.0.0.0, 127.0.0.1",
    "::, 127.0.0.1",
    "192.0.2.7, 192.0.2.7"
  })
  void bind_address_isReadAndReachable(String text, String inUrl) {
    assertThat(BindAddress.inUrl(new BindAddress().convert(text))).isEqualTo(inUrl);
  }

  @Test
  void bind_addressOfVersion6_standsInBracketsInUrls() {
    assertThat(BindAddress.inUrl(new BindAddress().convert("::1"))).startsWith("[").endsWith("]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "1.2.3.x", "256.0.0.1", ""})
  void bind_noAddress_isShownWithWhatIsRight(String text) {
    assertThatThrownBy(() -> new BindAddress().convert(text))
        .isInstanceOf(TypeConversionException.class)
        .hasMessage(
            "\"%s\" is no address: write 127.0.0.1 for this machine only, or 0.0.0.0 for all networks",
            text);
  }
}
