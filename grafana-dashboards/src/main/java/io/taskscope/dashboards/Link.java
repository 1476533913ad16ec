// SPDX-License-Identifier: Apache-2.0
package io.taskscope.dashboards;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A link that takes the variables and the time along.
 *
 * @param title what the user reads
 * @param url where it leads
 */
record Link(String title, String url) {
  private static final String KEPT =
      "${datasource:queryparam}&${job:queryparam}&${__url_time_range}";
  private static final String KEPT_INSTANCE = "${instance:queryparam}&" + KEPT;

  /** To the dashboard of this id, at a scope. */
  static Link toScope(String title, String uid, String scope) {
    return new Link(title, "/d/%s?%s&var-scope=%s".formatted(uid, KEPT_INSTANCE, scope));
  }

  /** To the dashboard of this id, at a scope of all instances. */
  static Link toFleetScope(String title, String uid, String scope) {
    return new Link(title, "/d/%s?%s&var-instance=$__all&var-scope=%s".formatted(uid, KEPT, scope));
  }

  /** To the dashboard of this id, at one instance. */
  static Link toInstance(String title, String uid, String instance) {
    return new Link(title, "/d/%s?%s&var-instance=%s".formatted(uid, KEPT, instance));
  }

  /** To the dashboard of this id, as it is here. */
  static Link to(String title, String uid) {
    return new Link(title, "/d/%s?%s".formatted(uid, KEPT_INSTANCE));
  }

  ObjectNode json() {
    return Json.object("title", title, "url", url, "targetBlank", false);
  }
}
