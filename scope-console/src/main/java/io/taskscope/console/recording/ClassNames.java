// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.recording;

/** Names of classes as the JVM writes them, made into those of the source. */
final class ClassNames {
  private ClassNames() {}

  /** {@code java/lang/String} to {@code java.lang.String}, {@code [I} to {@code int[]}. */
  static String readable(String internal) {
    int dimensions = 0;
    while (dimensions < internal.length() && internal.charAt(dimensions) == '[') {
      dimensions++;
    }
    String element = internal.substring(dimensions);
    if (dimensions > 0) {
      element = element(element);
    }
    return element.replace('/', '.') + "[]".repeat(dimensions);
  }

  private static String element(String descriptor) {
    if (descriptor.length() > 2 && descriptor.startsWith("L") && descriptor.endsWith(";")) {
      return descriptor.substring(1, descriptor.length() - 1);
    }
    return switch (descriptor) {
      case "Z" -> "boolean";
      case "B" -> "byte";
      case "C" -> "char";
      case "S" -> "short";
      case "I" -> "int";
      case "J" -> "long";
      case "F" -> "float";
      case "D" -> "double";
      default -> descriptor;
    };
  }
}
