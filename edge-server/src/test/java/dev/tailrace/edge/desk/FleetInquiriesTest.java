package dev.tailrace.edge.desk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.agent.ManualClock;
import dev.tailrace.schemas.Topics;
import dev.tailrace.support.config.Settings;
import dev.tailrace.support.control.ControlTopic;
import dev.tailrace.support.kafka.KafkaSettings;
import dev.tailrace.v1.EdgeReport;
import dev.tailrace.v1.Fleet;
import dev.tailrace.v1.ProcessReport;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** From where on the reports of the fleet are read. */
class FleetInquiriesTest {
  private static final TopicPartition FLEET = new TopicPartition(Topics.FLEET, 0);
  private static final long NOBODY_LATER = -1;

  private final ManualClock clock = new ManualClock();
  private final ControlTopic control =
      new ControlTopic(
          KafkaSettings.from(Settings.of(Map.of("kafka.bootstrap.servers", "127.0.0.1:1"))),
          "unused",
          Duration.ofSeconds(1));
  private long begunAt = -1;

  @AfterEach
  void close() {
    control.close();
  }

  /** As where this machine's clock is ahead of all that write. */
  @Test
  void shouldReadTheLastThousandRecordsWhateverTheClocksSay() {
    String refusal = refusal(0, 50_000, NOBODY_LATER);

    assertThat(begunAt).isEqualTo(49_000);
    assertThat(refusal).as("the edge was heard").contains("another run");
  }

  @Test
  void shouldReadWhatWasWrittenInTheLastTenSeconds() {
    refusal(0, 50_000, 45_000);

    assertThat(begunAt).isEqualTo(45_000);
  }

  /** As where this machine's clock is behind, or very many have answered. */
  @Test
  void shouldReadTwentyThousandAtMost() {
    refusal(0, 50_000, 100);

    assertThat(begunAt).isEqualTo(30_000);
  }

  @Test
  void shouldReadFromWhereTheTopicBegins() {
    refusal(49_900, 50_000, NOBODY_LATER);

    assertThat(begunAt).isEqualTo(49_900);
  }

  @Test
  void shouldNotRefuseWhatCouldNotBeRead() {
    try (MockConsumer<byte[], byte[]> consumer = consumer(0, 50_000, NOBODY_LATER)) {
      consumer.schedulePollTask(
          () -> {
            consumer.addRecord(record("edge-2", consumer.position(FLEET)));
            clock.advance(FleetInquiries.WAIT);
          });

      assertThat(new FleetInquiries(control, () -> consumer, clock).refusal("edge-1", "run-1"))
          .isEmpty();
    }
  }

  private String refusal(long begin, long end, long firstOfLately) {
    MockConsumer<byte[], byte[]> consumer = consumer(begin, end, firstOfLately);
    consumer.schedulePollTask(
        () -> {
          begunAt = consumer.position(FLEET);
          consumer.addRecord(record("edge-1", end - 1));
        });
    return new FleetInquiries(control, () -> consumer, clock).refusal("edge-1", "run-1");
  }

  private static MockConsumer<byte[], byte[]> consumer(long begin, long end, long firstOfLately) {
    MockConsumer<byte[], byte[]> consumer =
        new MockConsumer<>("earliest") {
          @Override
          public synchronized Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(
              Map<TopicPartition, Long> times) {
            Map<TopicPartition, OffsetAndTimestamp> first = new HashMap<>();
            times.forEach(
                (one, at) ->
                    first.put(
                        one,
                        firstOfLately == NOBODY_LATER
                            ? null
                            : new OffsetAndTimestamp(firstOfLately, at)));
            return first;
          }
        };
    consumer.updateBeginningOffsets(Map.of(FLEET, begin));
    consumer.updateEndOffsets(Map.of(FLEET, end));
    return consumer;
  }

  private static ConsumerRecord<byte[], byte[]> record(String process, long offset) {
    ProcessReport report =
        ProcessReport.newBuilder()
            .setProcess(process)
            .setInstance("run-2")
            .setLeaseMs(6_000)
            .setEdge(EdgeReport.getDefaultInstance())
            .build();
    byte[] key = ("process/" + process).getBytes(StandardCharsets.UTF_8);
    byte[] value = Fleet.newBuilder().setReport(report).build().toByteArray();
    return new ConsumerRecord<>(
        Topics.FLEET,
        0,
        offset,
        1_000,
        TimestampType.CREATE_TIME,
        key.length,
        value.length,
        key,
        value,
        new RecordHeaders(),
        Optional.empty());
  }
}
