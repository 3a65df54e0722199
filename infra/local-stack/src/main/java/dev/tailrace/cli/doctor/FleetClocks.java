package dev.tailrace.cli.doctor;

import dev.tailrace.cli.console.Cells;
import dev.tailrace.schemas.Topics;
import dev.tailrace.support.kafka.KafkaSettings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The clocks of edges and dispatchers, by the reports that they write to {@code tailrace.fleet}
 * while somebody looks: a record bears its writer's time.
 *
 * <p>Threading: one thread; blocks for some 2.5 s, not at all where nobody has written.
 */
final class FleetClocks {
  private static final String PREFIX = "process/";
  private static final Duration WATCH = Duration.ofMillis(2_600);
  private static final Duration TURN = Duration.ofMillis(100);

  /** What a record may have taken from its writer's clock to the broker. */
  private static final long UNDERWAY_MS = 400;

  private final KafkaSettings kafka;
  private final Duration timeout;
  private final InstantSource clock;
  private boolean stamped;

  FleetClocks(KafkaSettings kafka, Duration timeout, InstantSource clock) {
    this.kafka = kafka;
    this.timeout = timeout;
    this.clock = clock;
  }

  /** Whether records were read that bear their broker's time, and tell nothing of who wrote. */
  boolean areStamped() {
    return stamped;
  }

  /** Of all who write, against this machine's. */
  Collection<ClockReading> read() {
    TopicPartition fleet = new TopicPartition(Topics.FLEET, 0);
    Map<String, ClockReading> readings = new TreeMap<>();
    try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
      if (consumer.partitionsFor(Topics.FLEET).isEmpty()
          || consumer.endOffsets(List.of(fleet)).getOrDefault(fleet, 0L) == 0) {
        return readings.values();
      }
      consumer.assign(List.of(fleet));
      consumer.seekToEnd(List.of(fleet));
      long _ = consumer.position(fleet);
      long beganMs = clock.millis();
      long soughtMs = beganMs;
      while (clock.millis() - beganMs < WATCH.toMillis()) {
        var records = consumer.poll(TURN);
        long nowMs = clock.millis();
        for (ConsumerRecord<byte[], byte[]> one : records) {
          add(readings, one, soughtMs, nowMs);
        }
        soughtMs = nowMs;
      }
    }
    return readings.values();
  }

  private void add(
      Map<String, ClockReading> readings,
      ConsumerRecord<byte[], byte[]> one,
      long soughtMs,
      long nowMs) {
    String key = one.key() == null ? "" : new String(one.key(), StandardCharsets.UTF_8);
    if (one.timestampType() == TimestampType.LOG_APPEND_TIME) {
      stamped = true;
    } else if (one.value() != null && key.startsWith(PREFIX)) {
      String process = Cells.shown(key.substring(PREFIX.length()));
      readings.put(
          process,
          ClockReading.of(
              "process " + process + "'s clock",
              one.timestamp(),
              0,
              soughtMs - TURN.toMillis() - UNDERWAY_MS,
              nowMs));
    }
  }

  private KafkaConsumer<byte[], byte[]> consumer() {
    int timeoutMs = Math.toIntExact(timeout.toMillis());
    return new KafkaConsumer<>(
        kafka.client(
            "tailrace-doctor-clocks",
            Map.of(
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                false,
                ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
                Math.toIntExact(TURN.toMillis()),
                ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                timeoutMs,
                ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                timeoutMs)),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }
}
