package dev.tailrace.edge.tail;

import dev.tailrace.support.config.Setting;
import dev.tailrace.support.config.Settings;
import dev.tailrace.support.kafka.PollPace;
import dev.tailrace.support.tracing.TracingConfig;
import java.time.Duration;
import java.util.List;

/**
 * The tail's settings.
 *
 * @param logBytes bound of each partition's window, records and encodings together
 * @param totalLogBytes bound of all windows together
 * @param pollInterval shortest time between polls, as {@link PollPace} keeps it
 * @param warmWindow how much of the lanes is read back before an edge is ready
 * @param traced whether deliveries are marked whose trace is kept
 */
public record TailConfig(
    long logBytes, long totalLogBytes, Duration pollInterval, Duration warmWindow, boolean traced) {
  private static final Setting<Long> LOG_BYTES =
      Setting.bytes(
          "edge.log.bytes",
          "16m",
          "How much of each followed lane partition is held in memory, encodings included; resumes"
              + " from within it need no Kafka. All together are held to a quarter of the memory"
              + " limit (-Xmx): the largest give way");

  private static final Setting<Duration> POLL_INTERVAL =
      Setting.duration(
          "edge.poll.interval",
          "4ms",
          "Shortest time between two reads of the lanes that bring few events, so that the next"
              + " brings more at the same cost. The first event after a quiet while waits for"
              + " nothing, any other for twice this at most; `0ms` reads as events come");

  private static final Setting<Duration> WARM_WINDOW =
      Setting.duration(
          "edge.warm.window",
          "60s",
          "How much of all lanes is read back into memory before an edge says that it is ready, as"
              + " far as edge.log.bytes allow: who was cut off within that time, by the end of"
              + " another edge, then goes on here without Kafka. It takes no longer than 30 s; 0s:"
              + " an edge begins empty");

  /** All of them. */
  public static final List<Setting<?>> SETTINGS = List.of(LOG_BYTES, POLL_INTERVAL, WARM_WINDOW);

  /** Those of a configuration. */
  public static TailConfig from(Settings settings) {
    return new TailConfig(
        settings.get(LOG_BYTES),
        Runtime.getRuntime().maxMemory() / 4,
        settings.get(POLL_INTERVAL),
        settings.get(WARM_WINDOW),
        TracingConfig.from(settings).isOn());
  }
}
