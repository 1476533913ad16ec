// SPDX-License-Identifier: Apache-2.0
package io.taskscope.demo;

import io.taskscope.ScopeClosedException;
import io.taskscope.TaskFailedException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/** Finds the application and the route for a path, and turns what goes wrong into a status. */
final class Router {
  /** What there is to try, as paths. */
  static final List<String> SAMPLES =
      List.of(
          "a/users/7",
          "a/report",
          "b/inventory",
          "b/checkout?item=7",
          "b/checkout?item=" + App.SLOW_ITEM,
          "a/fail");

  private final Map<String, App> apps;

  Router(Map<String, App> apps) {
    this.apps = apps;
  }

  /**
   * Answers a request; whatever its task throws becomes a reply.
   *
   * @param path without the query
   */
  Reply answer(String path, Map<String, String> query) {
    String[] parts = path.substring(1).split("/", -1);
    if (parts.length < 2 || parts.length > 3) {
      return notFound(path);
    }
    Optional<App> app = Optional.ofNullable(apps.get(parts[0]));
    Optional<Route> route =
        app.flatMap(a -> a.route(parts[1])).filter(r -> r.takesArgument() == (parts.length == 3));
    if (app.isEmpty() || route.isEmpty()) {
      return notFound(path);
    }
    Ask ask = new Ask(parts.length == 3 ? parts[2] : "", query);
    try {
      return app.get().answer(route.get(), ask);
    } catch (BadRequestException e) {
      return Reply.error(400, message(e));
    } catch (ScopeClosedException e) {
      return Reply.error(503, "shutting down");
    } catch (InterruptedException e) {
      return Reply.error(503, "cancelled");
    } catch (TaskFailedException e) {
      return e.getCause() instanceof TimeoutException
          ? Reply.error(504, message(e))
          : Reply.error(500, message(e));
    } catch (Exception e) {
      return Reply.error(500, message(e));
    }
  }

  static Reply notFound(String path) {
    return Reply.error(404, "nothing at %s; / lists what there is".formatted(path));
  }

  private static String message(Throwable error) {
    return Optional.ofNullable(error.getMessage()).orElse(error.getClass().getSimpleName());
  }
}
