package dev.tailrace.edge.desk;

import dev.tailrace.edge.agent.EdgeClock;
import dev.tailrace.schemas.Topics;
import dev.tailrace.support.control.ControlRecords;
import dev.tailrace.support.control.ControlTopic;
import dev.tailrace.v1.Control;
import dev.tailrace.v1.Inquiry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Asks all edges by {@code tailrace.control}, and reads what they answer in {@code tailrace.fleet},
 * for two seconds at most.
 *
 * <p>Threading: any thread that may wait; each call has a consumer of its own.
 */
final class FleetInquiries {
  /** How long answers are waited for. */
  static final Duration WAIT = Duration.ofSeconds(2);

  /** Longer than any edge's report holds. */
  private static final Duration REPORTS = Duration.ofSeconds(10);

  /** Edges whose clocks differ by less answer. */
  private static final Duration COUNTS = Duration.ofSeconds(30);

  private static final Duration POLL = Duration.ofMillis(50);
  private static final TopicPartition FLEET = new TopicPartition(Topics.FLEET, 0);

  private final ControlTopic control;
  private final Supplier<Consumer<byte[], byte[]>> consumers;
  private final EdgeClock clock;

  FleetInquiries(
      ControlTopic control, Supplier<Consumer<byte[], byte[]>> consumers, EdgeClock clock) {
    this.control = control;
    this.consumers = consumers;
    this.clock = clock;
  }

  /**
   * Asks all of these, which have different ids, at once.
   *
   * @throws org.apache.kafka.common.KafkaException when Kafka does not answer
   */
  FleetAnswers ask(List<Inquiry> inquiries) {
    Instant now = clock.instant();
    FleetAnswers answers =
        new FleetAnswers(
            inquiries.stream().map(Inquiry::getId).collect(Collectors.toSet()), now.toEpochMilli());
    if (inquiries.isEmpty()) {
      return answers;
    }
    List<String> keys = List.of();
    try (Consumer<byte[], byte[]> consumer = consumers.get()) {
      long end = beginAt(consumer, now);
      keys = control.write(inquiries.stream().map(one -> record(one, now)).toList());
      long untilMs = clock.monotonicMs() + WAIT.toMillis();
      while (clock.monotonicMs() < untilMs
          && !(answers.isComplete() && consumer.position(FLEET) >= end)) {
        consumer.poll(POLL).forEach(answers::onRecord);
      }
    } finally {
      control.forget(keys);
    }
    return answers;
  }

  /** Where the reports begin that still hold; returns where the topic ends now. */
  private static long beginAt(Consumer<byte[], byte[]> consumer, Instant now) {
    List<TopicPartition> fleet = List.of(FLEET);
    consumer.assign(fleet);
    long end = consumer.endOffsets(fleet).getOrDefault(FLEET, 0L);
    @Nullable OffsetAndTimestamp first =
        consumer.offsetsForTimes(Map.of(FLEET, now.minus(REPORTS).toEpochMilli())).get(FLEET);
    consumer.seek(FLEET, first == null ? end : first.offset());
    return end;
  }

  private static Control record(Inquiry inquiry, Instant now) {
    return Control.newBuilder()
        .setInquiry(
            inquiry.toBuilder()
                .setAt(ControlRecords.timestamp(now))
                .setExpires(ControlRecords.timestamp(now.plus(COUNTS))))
        .build();
  }
}
