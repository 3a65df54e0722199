package dev.tailrace.edge.desk;

import dev.tailrace.edge.agent.EdgeClock;
import dev.tailrace.schemas.Topics;
import dev.tailrace.support.control.ControlRecords;
import dev.tailrace.support.control.ControlTopic;
import dev.tailrace.v1.Control;
import dev.tailrace.v1.Inquiry;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

  /** Whatever the clocks say, so many records are read of what was there: reports of all. */
  private static final long LEAST_READ = 1_000;

  /** And no more than so many. */
  private static final long MOST_READ = 20_000;

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
   * @throws org.apache.kafka.common.KafkaException when the answers cannot be read
   * @throws KafkaAwayException when the inquiries may not be written
   * @throws RefusedException when this edge may not write them
   */
  FleetAnswers ask(List<Inquiry> inquiries) {
    Instant now = clock.instant();
    FleetAnswers answers =
        new FleetAnswers(inquiries.stream().map(Inquiry::getId).collect(Collectors.toSet()));
    if (inquiries.isEmpty()) {
      return answers;
    }
    Map<String, Control> records = new LinkedHashMap<>();
    inquiries.forEach(
        one -> {
          Control record = record(one, now);
          records.put(ControlRecords.newKey(record), record);
        });
    boolean written = false;
    try (Consumer<byte[], byte[]> consumer = consumers.get()) {
      long end = beginAt(consumer, now);
      written = true; // some of them may be, when this fails
      boolean _ = write(records);
      long untilMs = clock.monotonicMs() + WAIT.toMillis();
      while (clock.monotonicMs() < untilMs
          && !(answers.isComplete() && consumer.position(FLEET) >= end)) {
        consumer.poll(POLL).forEach(answers::onRecord);
      }
    } finally {
      if (written) {
        control.forget(records.keySet());
      }
    }
    return answers;
  }

  /**
   * Why this run of an edge cannot be told anything; empty when it can, or when too little is heard
   * of the fleet to know.
   *
   * @throws org.apache.kafka.common.KafkaException when the reports cannot be read
   */
  String refusal(String process, String instance) {
    FleetAnswers answers = new FleetAnswers(Set.of());
    try (Consumer<byte[], byte[]> consumer = consumers.get()) {
      long end = beginAt(consumer, clock.instant());
      long untilMs = clock.monotonicMs() + WAIT.toMillis();
      while (consumer.position(FLEET) < end) {
        if (clock.monotonicMs() >= untilMs) {
          return "";
        }
        consumer.poll(POLL).forEach(answers::onRecord);
      }
    }
    return answers.refusal(process, instance);
  }

  private boolean write(Map<String, Control> records) {
    return KafkaAwayException.unlessNotWritten(
        Topics.CONTROL,
        () -> {
          control.write(records);
          return true;
        });
  }

  /** Where the reports begin that still hold; returns where the topic ends now. */
  private static long beginAt(Consumer<byte[], byte[]> consumer, Instant now) {
    List<TopicPartition> fleet = List.of(FLEET);
    consumer.assign(fleet);
    long end = consumer.endOffsets(fleet).getOrDefault(FLEET, 0L);
    @Nullable OffsetAndTimestamp first =
        consumer.offsetsForTimes(Map.of(FLEET, now.minus(REPORTS).toEpochMilli())).get(FLEET);
    long from = Math.min(first == null ? end : first.offset(), end - LEAST_READ);
    long begin = consumer.beginningOffsets(fleet).getOrDefault(FLEET, 0L);
    consumer.seek(FLEET, Math.max(begin, Math.max(from, end - MOST_READ)));
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
