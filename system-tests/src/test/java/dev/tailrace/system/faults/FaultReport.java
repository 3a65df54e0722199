package dev.tailrace.system.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What rounds measured, as files: a table for people, all of it as CSV, and a picture.
 *
 * <p>Threading: one thread.
 */
final class FaultReport {
  private FaultReport() {}

  /** Writes all of them anew. */
  static void write(Path folder, List<FaultRound> rounds) throws IOException {
    Files.createDirectories(folder);
    Map<String, List<FaultRound>> byFault =
        rounds.stream()
            .collect(
                Collectors.groupingBy(
                    round -> round.fault().name(), LinkedHashMap::new, Collectors.toList()));
    Files.writeString(folder.resolve("recoveries.csv"), recoveries(byFault));
    Files.writeString(folder.resolve("deliveries.csv"), deliveries(byFault));
    Files.writeString(folder.resolve("faults.md"), table(byFault));
    Files.writeString(folder.resolve("faults.svg"), FaultPlot.svg(byFault));
  }

  private static String recoveries(Map<String, List<FaultRound>> byFault) {
    StringBuilder csv =
        new StringBuilder("fault,round,recovery_ms,restored_ms,connections_opened\n");
    byFault.forEach(
        (name, rounds) -> {
          for (int i = 0; i < rounds.size(); i++) {
            FaultRound round = rounds.get(i);
            csv.append(
                "\"%s\",%d,%d,%d,%d%n"
                    .formatted(
                        name,
                        i + 1,
                        round.recovery().toMillis(),
                        round.restored().toMillis(),
                        round.opened()));
          }
        });
    return csv.toString();
  }

  private static String deliveries(Map<String, List<FaultRound>> byFault) {
    StringBuilder csv = new StringBuilder("fault,round,ms,deliveries_per_s\n");
    byFault.forEach(
        (name, rounds) -> {
          for (int i = 0; i < rounds.size(); i++) {
            List<Double> rates = rates(rounds.get(i));
            for (int at = 0; at < rates.size(); at++) {
              csv.append(
                  String.format(
                      Locale.ROOT, "\"%s\",%d,%d,%.0f%n", name, i + 1, ms(at), rates.get(at)));
            }
          }
        });
    return csv.toString();
  }

  /** When a span begins, counted from when silence counts. */
  static long ms(int span) {
    return span * FaultRound.SPAN.toMillis() - FaultRound.BEFORE.toMillis();
  }

  /** Deliveries per second in each span. */
  static List<Double> rates(FaultRound round) {
    double perSecond = 1_000.0 / FaultRound.SPAN.toMillis();
    return round.deliveries().stream().map(count -> count * perSecond).toList();
  }

  private static String table(Map<String, List<FaultRound>> byFault) {
    StringBuilder table =
        new StringBuilder(
            """
            | fault | rounds | median | worst | aim | while the rest came back | clients that lost a connection |
            |---|---|---|---|---|---|---|
            """);
    byFault.forEach(
        (name, rounds) -> {
          List<Duration> sorted = rounds.stream().map(FaultRound::recovery).sorted().toList();
          List<Duration> restored = rounds.stream().map(FaultRound::restored).sorted().toList();
          boolean met = rounds.stream().allMatch(FaultRound::isMet);
          boolean nobody = rounds.stream().allMatch(round -> round.opened() == 0);
          table.append(
              "| %s | %d | %s | %s | %s | %s | %s |%n"
                  .formatted(
                      name,
                      rounds.size(),
                      seconds(sorted.get(sorted.size() / 2)),
                      seconds(sorted.getLast()),
                      rounds
                          .getFirst()
                          .fault()
                          .aim()
                          .map(a -> "%d s: %s".formatted(a.toSeconds(), met ? "met" : "not met"))
                          .orElse(""),
                      seconds(restored.get(restored.size() / 2)),
                      nobody ? "none" : "some"));
        });
    return table.toString();
  }

  private static String seconds(Duration time) {
    return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1_000.0);
  }
}
