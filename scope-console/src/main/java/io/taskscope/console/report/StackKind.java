// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.report;

import io.taskscope.console.analysis.FlameNode;
import io.taskscope.console.analysis.RecordingReport;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** What stacks are weighed by. */
public enum StackKind {
  /** Samples of processor time. */
  CPU("samples"),
  /** Bytes. */
  ALLOCATION("bytes"),
  /** Nanoseconds. */
  PARKED("nanoseconds");

  private final String unit;

  StackKind(String unit) {
    this.unit = unit;
  }

  String unit() {
    return unit;
  }

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  Map<String, FlameNode> trees(RecordingReport report) {
    return switch (this) {
      case CPU -> report.cpu();
      case ALLOCATION -> report.allocation();
      case PARKED -> report.parked();
    };
  }

  /** For picocli. */
  public static final class Converter implements ITypeConverter<StackKind> {
    /** Made by picocli. */
    public Converter() {}

    @Override
    public StackKind convert(String value) {
      for (StackKind kind : values()) {
        if (kind.label().equals(value)) {
          return kind;
        }
      }
      throw new TypeConversionException("'" + value + "' is none of cpu, allocation and parked");
    }
  }
}
