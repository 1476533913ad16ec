// SPDX-License-Identifier: Apache-2.0
package io.taskscope.agent;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is given behind the {@code =} of {@code -javaagent}: settings separated by commas. A setting
 * that is not understood is said, and left out; it never stops the application.
 *
 * @param wanted the features to have
 * @param slowStep steps longer than this are slow
 * @param without methods of the JDK that are taken to be missing, to see what happens then
 * @param complaints what was not understood, for people
 */
record AgentOptions(
    Set<Feature> wanted, Duration slowStep, Set<String> without, List<String> complaints) {
  static final Duration DEFAULT_SLOW_STEP = Duration.ofMillis(100);

  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ns|us|ms|s|m)");

  static AgentOptions parse(@Nullable String text) {
    Parser parser = new Parser();
    if (text != null && !text.isBlank()) {
      for (String setting : text.split(",", -1)) {
        parser.setting(setting.strip());
      }
    }
    return new AgentOptions(
        parser.wanted, parser.slowStep, Set.copyOf(parser.without), List.copyOf(parser.complaints));
  }

  /** Whether the method is not one that is taken to be missing. */
  boolean mayUse(HookPoint point) {
    return !without.contains(point.describe());
  }

  private static final class Parser {
    private final Set<Feature> wanted = EnumSet.allOf(Feature.class);
    private Duration slowStep = DEFAULT_SLOW_STEP;
    private final Set<String> without = new HashSet<>();
    private final List<String> complaints = new ArrayList<>();

    void setting(String setting) {
      int equals = setting.indexOf('=');
      String name = equals < 0 ? setting : setting.substring(0, equals);
      String value = equals < 0 ? "" : setting.substring(equals + 1);
      switch (name) {
        case "slowStep" -> slowStep(value);
        case "steps" -> onOff(setting, value, EnumSet.of(Feature.STEPS, Feature.PLATFORM_WAITS));
        case "adoption" -> adoption(setting, value);
        case "without" -> without.add(value);
        default ->
            complaints.add(
                "option \"%s\" is not known; there are slowStep, steps, adoption and without"
                    .formatted(setting));
      }
    }

    private void onOff(String setting, String value, Set<Feature> features) {
      switch (value.toLowerCase(Locale.ROOT)) {
        case "on" -> {}
        case "off" -> wanted.removeAll(features);
        default -> complaints.add("option \"%s\" must be on or off".formatted(setting));
      }
    }

    private void adoption(String setting, String value) {
      switch (value.toLowerCase(Locale.ROOT)) {
        case "all" -> {}
        case "threads" -> wanted.remove(Feature.POOLS);
        case "off" -> wanted.removeAll(EnumSet.of(Feature.THREADS, Feature.DUMPS, Feature.POOLS));
        default -> complaints.add("option \"%s\" must be all, threads or off".formatted(setting));
      }
    }

    private void slowStep(String value) {
      Matcher matcher = DURATION.matcher(value);
      if (!matcher.matches() || Long.parseLong(matcher.group(1)) == 0) {
        complaints.add(
            "option \"slowStep=%s\" must be a duration such as 50ms or 1s".formatted(value));
        return;
      }
      long number = Long.parseLong(matcher.group(1));
      slowStep =
          switch (matcher.group(2)) {
            case "ns" -> Duration.ofNanos(number);
            case "us" -> Duration.ofNanos(number * 1_000);
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            default -> Duration.ofMinutes(number);
          };
    }
  }
}
