package dev.tailrace.benchmarks.peers;

import dev.tailrace.benchmarks.peers.Figure.Comparison;
import dev.tailrace.benchmarks.peers.Scenario.Server;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Outcomes as tables in Markdown: for each figure and server the median, all rounds, and Tailrace's
 * by it, round by round, for a round's figures were measured within minutes of each other.
 *
 * <p>Threading: stateless.
 */
final class Comparisons {
  private static final String MISSING = "-";

  private Comparisons() {}

  /** A table per scenario, in the order of the outcomes. */
  static String markdown(List<Outcome> outcomes) {
    StringBuilder text = new StringBuilder();
    Set<String> scenarios = new LinkedHashSet<>();
    outcomes.forEach(outcome -> scenarios.add(outcome.scenario()));
    for (String name : scenarios) {
      text.append("## ").append(name).append("\n\n");
      List<Outcome> of = outcomes.stream().filter(o -> o.scenario().equals(name)).toList();
      addTable(text, Scenario.of(name), of);
      for (Outcome outcome : of) {
        for (String note : Notes.of(outcome)) {
          text.append("- %s, round %d %s%n".formatted(outcome.server(), outcome.round(), note));
        }
      }
      text.append('\n');
    }
    return text.toString();
  }

  private static void addTable(StringBuilder text, Scenario scenario, List<Outcome> outcomes) {
    text.append("| figure | server | median | rounds | Tailrace by it | median |\n");
    text.append("| --- | --- | ---: | --- | --- | ---: |\n");
    Set<String> servers = new LinkedHashSet<>(List.of(Server.TAILRACE.text()));
    outcomes.forEach(outcome -> servers.add(outcome.server()));
    int rounds = outcomes.stream().mapToInt(Outcome::round).max().orElse(0);
    for (Figure figure : Figure.of(scenario.kind())) {
      List<@Nullable Double> ours = values(figure, Server.TAILRACE.text(), outcomes, rounds);
      for (String server : servers) {
        List<@Nullable Double> theirs = values(figure, server, outcomes, rounds);
        if (theirs.stream().noneMatch(Objects::nonNull)) {
          continue;
        }
        boolean compared =
            !server.equals(Server.TAILRACE.text()) && figure.comparison() != Comparison.NONE;
        List<@Nullable Double> comparison =
            compared ? compare(figure.comparison(), ours, theirs) : List.of();
        text.append(
            "| %s | %s | %s | %s | %s | %s |%n"
                .formatted(
                    figure.name(),
                    server,
                    shown(median(theirs), figure.digits()),
                    shown(theirs, figure.digits()),
                    shown(comparison, 2),
                    compared ? shown(median(comparison), 2) : ""));
      }
    }
    text.append('\n');
  }

  private static List<@Nullable Double> values(
      Figure figure, String server, List<Outcome> outcomes, int rounds) {
    List<@Nullable Double> values = new ArrayList<>();
    for (int round = 1; round <= rounds; round++) {
      Double value = null;
      for (Outcome outcome : outcomes) {
        if (outcome.server().equals(server) && outcome.round() == round) {
          value = figure.value().apply(outcome);
        }
      }
      values.add(value);
    }
    return values;
  }

  /** Round by round; nothing where one of them has nothing. */
  static List<@Nullable Double> compare(
      Comparison comparison, List<@Nullable Double> ours, List<@Nullable Double> theirs) {
    List<@Nullable Double> compared = new ArrayList<>();
    for (int i = 0; i < ours.size(); i++) {
      Double our = ours.get(i);
      Double their = theirs.get(i);
      compared.add(
          our == null || their == null
              ? null
              : comparison == Comparison.DIFFERENCE ? Double.valueOf(our - their) : our / their);
    }
    return compared;
  }

  /** Of those that are there; of an even number of them the mean of the two in the middle. */
  static @Nullable Double median(List<@Nullable Double> values) {
    List<Double> sorted = new ArrayList<>();
    for (Double value : values) {
      if (value != null) {
        sorted.add(value);
      }
    }
    if (sorted.isEmpty()) {
      return null;
    }
    Collections.sort(sorted);
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  private static String shown(List<@Nullable Double> values, int digits) {
    List<String> shown = new ArrayList<>();
    for (Double value : values) {
      shown.add(shown(value, digits));
    }
    return String.join(" ", shown);
  }

  private static String shown(@Nullable Double value, int digits) {
    return value == null ? MISSING : String.format(Locale.ROOT, "%,." + digits + "f", value);
  }
}
