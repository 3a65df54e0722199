package dev.tailrace.dispatcher.config;

import dev.tailrace.schemas.FoldHorizon;
import dev.tailrace.support.config.Setting;
import dev.tailrace.support.config.SettingException;
import dev.tailrace.support.config.Settings;
import dev.tailrace.support.kafka.IngressSettings;
import dev.tailrace.support.kafka.PollPace;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * How pumps work.
 *
 * @param fromLatest whether the very first start skips what the ingress topics already hold
 * @param sessionTimeout after how long of silence the group gives a pump's partitions to another
 * @param commitInterval how often a pump commits, idle or not
 * @param lease a pump whose last acknowledged commit is older neither polls nor sends
 * @param settleTimeout how long a revoked or stopping pump waits for what is in flight
 * @param pollInterval shortest time between polls, as {@link PollPace} keeps it
 * @param inFlightBytes most bytes handed to the producer and not acknowledged
 * @param headers names of the headers that travel to clients, beside the trace context
 */
public record PumpConfig(
    int pumps,
    String group,
    boolean fromLatest,
    Duration sessionTimeout,
    Duration commitInterval,
    Duration lease,
    Duration settleTimeout,
    Duration pollInterval,
    long inFlightBytes,
    int maxDataBytes,
    int maxAddresses,
    List<String> headers) {
  /** Clock differences that the rules allow for, between pumps and brokers, each way. */
  private static final Duration CLOCK_SKEW = Duration.ofSeconds(5);

  static final Setting<Integer> PUMPS =
      Setting.number("dispatcher.pumps", 1, 1, 64, "pump threads of this process");
  static final Setting<String> START =
      new Setting<>(
          "dispatcher.start",
          "where the very first start begins: earliest or latest",
          "earliest",
          text -> {
            if (!text.equals("earliest") && !text.equals("latest")) {
              throw new IllegalArgumentException("is neither earliest nor latest");
            }
            return text;
          },
          false);
  static final Setting<Duration> SESSION_TIMEOUT =
      Setting.duration(
          "dispatcher.session.timeout",
          "2s",
          "after how long of silence another dispatcher takes over; heartbeats go out every 250 ms,"
              + " or every third of it. Where the brokers' group.min.session.timeout.ms is longer"
              + " (6s unless told otherwise), that is taken");
  static final Setting<Duration> COMMIT_INTERVAL =
      Setting.duration("dispatcher.commit.interval", "2s", "how often a pump commits");
  static final Setting<Duration> LEASE =
      Setting.duration(
          "dispatcher.lease",
          "10s",
          "a pump whose last acknowledged commit is older neither reads nor writes. With"
              + " topics.lane.timestamp.before.max it must stay below 50s");
  static final Setting<Duration> SETTLE_TIMEOUT =
      Setting.duration(
          "dispatcher.settle.timeout",
          "2s",
          "how long a pump that gives partitions away waits for what is in flight");
  static final Setting<Duration> POLL_INTERVAL =
      Setting.duration(
          "dispatcher.poll.interval",
          "4ms",
          "shortest time between two reads of the ingress topics that bring few events, so that the"
              + " next brings more at the same cost. The first event after a quiet while waits for"
              + " nothing, any other for twice this at most; `0ms` reads as events come");
  static final Setting<Long> IN_FLIGHT_BYTES =
      Setting.bytes(
          "dispatcher.inflight.bytes",
          "32m",
          "most bytes a pump has written and not yet seen acknowledged; at the limit it stops"
              + " reading");
  static final Setting<Long> MAX_DATA_BYTES =
      Setting.bytes("event.data.max", "1m", "longest data of an event");
  static final Setting<Integer> MAX_ADDRESSES =
      Setting.number(
          "event.addresses.max", 1_000, 1, 100_000, "most users and channels of an event");

  static final Setting<List<String>> HEADERS =
      new Setting<>(
          "dispatcher.headers",
          "names of at most 8 record headers that travel to the event's attributes, separated by"
              + " commas, beside traceparent and tracestate. The same for all dispatchers",
          "",
          PumpConfig::headers,
          false);

  private static final int MAX_HEADERS = 8;

  static final List<Setting<?>> SETTINGS =
      List.of(
          PUMPS,
          IngressSettings.GROUP,
          START,
          SESSION_TIMEOUT,
          COMMIT_INTERVAL,
          LEASE,
          SETTLE_TIMEOUT,
          POLL_INTERVAL,
          IN_FLIGHT_BYTES,
          MAX_DATA_BYTES,
          MAX_ADDRESSES,
          HEADERS);

  static PumpConfig from(Settings settings, Duration beforeMax) {
    PumpConfig config =
        new PumpConfig(
            settings.get(PUMPS),
            settings.get(IngressSettings.GROUP),
            settings.get(START).equals("latest"),
            settings.get(SESSION_TIMEOUT),
            settings.get(COMMIT_INTERVAL),
            settings.get(LEASE),
            settings.get(SETTLE_TIMEOUT),
            settings.get(POLL_INTERVAL),
            settings.get(IN_FLIGHT_BYTES),
            Math.toIntExact(Math.min(settings.get(MAX_DATA_BYTES), Integer.MAX_VALUE)),
            settings.get(MAX_ADDRESSES),
            settings.get(HEADERS));
    config.check(beforeMax);
    return config;
  }

  private static List<String> headers(String text) {
    List<String> names =
        Arrays.stream(text.split(",")).map(String::strip).filter(n -> !n.isEmpty()).toList();
    if (!names.stream().allMatch(name -> name.matches("[!-~]+"))) {
      throw new IllegalArgumentException("names a header that is not printable ASCII");
    }
    if (names.size() > MAX_HEADERS) {
      throw new IllegalArgumentException("names more than %d headers".formatted(MAX_HEADERS));
    }
    return names;
  }

  /** The sum that "once" rests on: after the horizon nobody may still write an old copy. */
  private void check(Duration beforeMax) {
    Duration latestCopy = lease.plus(beforeMax).plus(CLOCK_SKEW.multipliedBy(2));
    if (latestCopy.toMillis() >= FoldHorizon.MS) {
      throw new SettingException(
          ("dispatcher.lease (%d ms) + topics.lane.timestamp.before.max (%d ms) + 10,000 ms of"
                  + " clock differences must stay below %,d ms, which all readers of the lanes rely"
                  + " on")
              .formatted(lease.toMillis(), beforeMax.toMillis(), FoldHorizon.MS));
    }
    if (commitInterval.multipliedBy(2).compareTo(lease) > 0) {
      throw new SettingException(
          "dispatcher.commit.interval (%s) must be at most half of dispatcher.lease (%s)"
              .formatted(commitInterval, lease));
    }
  }
}
