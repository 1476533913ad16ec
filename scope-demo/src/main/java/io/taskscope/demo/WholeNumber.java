// SPDX-License-Identifier: Apache-2.0
package io.taskscope.demo;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Whole numbers within bounds. */
abstract class WholeNumber implements ITypeConverter<Integer> {
  private final int most;
  private final String form;

  private WholeNumber(int most, String form) {
    this.most = most;
    this.form = form;
  }

  @Override
  public Integer convert(String text) {
    try {
      int number = Integer.parseInt(text);
      if (number >= 0 && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new TypeConversionException("\"%s\" is no %s".formatted(text, form));
  }

  /** A TCP port. */
  static final class Port extends WholeNumber {
    Port() {
      super(65_535, "port: write 1 to 65535, or 0 for any free one");
    }
  }

  /** Requests per second. */
  static final class Rate extends WholeNumber {
    Rate() {
      super(200, "rate: write 1 to 200 requests per second, or 0 for none");
    }
  }
}
