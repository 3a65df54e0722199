package dev.tailrace.dispatcher.admin;

import dev.tailrace.dispatcher.pump.PumpState;
import dev.tailrace.dispatcher.pump.PumpStatus;
import java.util.Comparator;
import java.util.List;

/**
 * Readiness and dump in words, from what the pumps said of themselves.
 *
 * <p>Threading: stateless.
 */
public final class PumpPages {
  /** A pump that has said nothing for so long is stuck, whatever it said before. */
  private static final long SILENCE_MS = 30_000;

  private PumpPages() {}

  /** Whether every pump delivers what it was given. */
  public static boolean isReady(List<PumpStatus> pumps, long nowMs) {
    return pumps.stream().allMatch(pump -> isReady(pump, nowMs));
  }

  private static boolean isReady(PumpStatus pump, long nowMs) {
    return pump.isReady() && nowMs - pump.atMs() < SILENCE_MS;
  }

  /** One line per pump and one per source partition. */
  public static String readiness(List<PumpStatus> pumps, long nowMs) {
    StringBuilder text = new StringBuilder();
    text.append(isReady(pumps, nowMs) ? "ready\n" : "not ready\n");
    for (PumpStatus pump : pumps) {
      text.append("%s: %s%s\n".formatted(pump.name(), pump.state(), why(pump, nowMs)));
      sorted(pump)
          .forEach(
              source ->
                  text.append(
                      "  %s-%d: %s\n"
                          .formatted(source.topic(), source.partition(), source.state())));
    }
    return text.toString();
  }

  private static String why(PumpStatus pump, long nowMs) {
    long silence = nowMs - pump.atMs();
    if (silence >= SILENCE_MS && pump.state() != PumpState.STOPPED) {
      return " - silent for %,d ms".formatted(silence);
    }
    PumpStatus.Hold hold = pump.hold();
    String held =
        hold.version() == 0
            ? ""
            : " - held by version %d of the slot map for %,d ms"
                .formatted(hold.version(), nowMs - hold.sinceMs());
    return (pump.reason().isEmpty() ? "" : " - " + pump.reason()) + held;
  }

  /** The names of those that do not deliver what they were given. */
  public static List<String> notReady(List<PumpStatus> pumps, long nowMs) {
    return pumps.stream().filter(pump -> !isReady(pump, nowMs)).map(PumpStatus::name).toList();
  }

  /** For how long the one has been held that was first, by a move of slots; 0 when none is. */
  public static long heldMs(List<PumpStatus> pumps, long nowMs) {
    return pumps.stream()
        .map(PumpStatus::hold)
        .filter(hold -> hold.version() > 0)
        .mapToLong(hold -> nowMs - hold.sinceMs())
        .max()
        .orElse(0);
  }

  /** Everything the pumps know of themselves. */
  public static String dump(List<PumpStatus> pumps, long nowMs) {
    StringBuilder text = new StringBuilder();
    for (PumpStatus pump : pumps) {
      text.append("%s: %s%s\n".formatted(pump.name(), pump.state(), why(pump, nowMs)));
      text.append(
          "  restarts %d, in flight %,d bytes, last acknowledged commit %,d ms old, told %,d ms ago\n"
              .formatted(
                  pump.restarts(), pump.inFlightBytes(), pump.commitAgeMs(), nowMs - pump.atMs()));
      sorted(pump)
          .forEach(
              source ->
                  text.append(
                      "  %s-%d: %s, position %d, acknowledged %d, waiting %d\n"
                          .formatted(
                              source.topic(),
                              source.partition(),
                              source.state(),
                              source.position(),
                              source.acknowledged(),
                              source.waiting())));
    }
    return text.toString();
  }

  private static List<PumpStatus.Source> sorted(PumpStatus pump) {
    return pump.sources().stream()
        .sorted(
            Comparator.comparing(PumpStatus.Source::topic)
                .thenComparingInt(PumpStatus.Source::partition))
        .toList();
  }
}
