// SPDX-License-Identifier: Apache-2.0
package io.taskscope.metrics;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A scrape in Prometheus's text format, taken apart. */
record Scrape(Map<String, String> types, Map<String, String> helps, List<Sample> samples) {
  private static final Pattern SAMPLE = Pattern.compile("([a-z_]+)(?:\\{(.*)})? (\\S+)");
  private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

  /** A quote or backslash in a label; no name here has the third, a line feed. */
  private static final Pattern ESCAPED = Pattern.compile("\\\\([\\\\\"])");

  record Sample(String name, Map<String, String> labels, double value) {
    /** What tells it from all other samples. */
    String key() {
      return name + new TreeMap<>(labels);
    }
  }

  /** What a scrape through {@link ScrapeHandler} shows. */
  static Scrape of(PrometheusMeterRegistry registry, TaskscopeMetrics metrics) {
    metrics.refresh();
    return parse(registry.scrape());
  }

  static Scrape parse(String text) {
    Map<String, String> types = new LinkedHashMap<>();
    Map<String, String> helps = new LinkedHashMap<>();
    List<Sample> samples = new ArrayList<>();
    for (String line : text.split("\n", -1)) {
      if (line.startsWith("# TYPE ")) {
        String[] words = line.split(" ", -1);
        types.put(words[2], words[3]);
      } else if (line.startsWith("# HELP ")) {
        String[] words = line.split(" ", 4);
        helps.put(words[2], words[3]);
      } else if (!line.isEmpty() && !line.startsWith("#")) {
        samples.add(sample(line));
      }
    }
    return new Scrape(types, helps, samples);
  }

  private static Sample sample(String line) {
    Matcher sample = SAMPLE.matcher(line);
    if (!sample.matches()) {
      throw new IllegalArgumentException("not a sample: " + line);
    }
    Map<String, String> labels = new LinkedHashMap<>();
    if (sample.group(2) != null) {
      Matcher label = LABEL.matcher(sample.group(2));
      while (label.find()) {
        String value = ESCAPED.matcher(label.group(2)).replaceAll("$1");
        labels.put(label.group(1), value);
      }
    }
    return new Sample(sample.group(1), labels, Double.parseDouble(sample.group(3)));
  }

  /** The value of the one sample with this name and these labels among others. */
  double value(String name, String... labels) {
    List<Sample> found = find(name, labels);
    if (found.size() != 1) {
      throw new AssertionError(
          "%s samples of %s%s in %s".formatted(found.size(), name, List.of(labels), samples));
    }
    return found.getFirst().value();
  }

  /** The sum of all samples with this name and these labels among others. */
  double sum(String name, String... labels) {
    return find(name, labels).stream().mapToDouble(Sample::value).sum();
  }

  /** All samples with this name and these labels among others. */
  List<Sample> find(String name, String... labels) {
    return samples.stream()
        .filter(sample -> sample.name().equals(name))
        .filter(
            sample -> {
              for (int i = 0; i < labels.length; i += 2) {
                if (!labels[i + 1].equals(sample.labels().get(labels[i]))) {
                  return false;
                }
              }
              return true;
            })
        .toList();
  }

  /** All samples of a path. */
  List<Sample> ofPath(String path) {
    return samples.stream()
        .filter(sample -> path.equals(sample.labels().get("scope_path")))
        .toList();
  }
}
