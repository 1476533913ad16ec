// SPDX-License-Identifier: Apache-2.0
package io.taskscope.demo;

/**
 * What a request is answered with.
 *
 * @param status the HTTP status
 * @param body JSON, or for the start page text
 */
record Reply(int status, String body) {

  static Reply ok(String json) {
    return new Reply(200, json);
  }

  static Reply error(int status, String message) {
    return new Reply(status, "{\"error\":" + quoted(message) + "}");
  }

  boolean isJson() {
    return body.startsWith("{");
  }

  /** The text as a JSON string. */
  private static String quoted(String text) {
    StringBuilder json = new StringBuilder("\"");
    text.chars()
        .forEach(
            c -> {
              if (c < ' ') {
                json.append("\\u%04x".formatted(c));
              } else if (c == '"' || c == '\\') {
                json.append('\\').append((char) c);
              } else {
                json.append((char) c);
              }
            });
    return json.append('"').toString();
  }
}
