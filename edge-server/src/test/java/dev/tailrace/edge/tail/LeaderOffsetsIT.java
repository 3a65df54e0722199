package dev.tailrace.edge.tail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.infra.kafka.EmbeddedKafka;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.testing.KafkaTopics;
import dev.tailrace.testing.LaneWriter;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class LeaderOffsetsIT {
  private static final int PATIENCE_S = 60;
  private static final LanePartition HELD = new LanePartition(Lane.CHANNELS, 1, 0);
  private static final LanePartition NOBODYS = new LanePartition(Lane.CHANNELS, 1, 7);

  private static EmbeddedKafka kafka;
  private static LaneWriter lanes;
  private static Admin admin;

  @BeforeAll
  static void start() {
    kafka = EmbeddedKafka.start();
    KafkaTopics.create(kafka.bootstrapServers(), 1, 1, 1);
    lanes = new LaneWriter(kafka.bootstrapServers(), 1, 1);
    admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
  }

  @AfterAll
  static void stop() {
    admin.close();
    lanes.close();
    kafka.close();
  }

  @Test
  void shouldAnswerForEachPartitionByItself() throws Exception {
    LaneOffsets offsets = new LeaderOffsets(admin);
    RecordMetadata first = lanes.write(HELD, new byte[] {1}); // then the broker knows its topics
    CompletableFuture<Long> none = offsets.end(NOBODYS);
    RecordMetadata second = lanes.write(HELD, new byte[] {2});
    admin
        .deleteRecords(
            Map.of(
                new TopicPartition(HELD.topic(), HELD.partition()),
                RecordsToDelete.beforeOffset(second.offset())))
        .all()
        .get(PATIENCE_S, TimeUnit.SECONDS);

    assertThat(valueOf(offsets.start(HELD))).isEqualTo(second.offset());
    assertThat(valueOf(offsets.end(HELD))).isEqualTo(second.offset() + 1);
    assertThat(valueOf(offsets.endInEpoch(HELD)))
        .isEqualTo(new LaneOffsets.End(second.offset() + 1, Optional.of(0)));
    assertThat(valueOf(offsets.atTime(HELD, first.timestamp()))).isEqualTo(second.offset());
    assertThat(valueOf(offsets.atTime(HELD, second.timestamp() + 1))).isEqualTo(LaneOffsets.NONE);
    assertThat(none)
        .failsWithin(PATIENCE_S, TimeUnit.SECONDS)
        .withThrowableThat()
        .withCauseInstanceOf(TimeoutException.class);
  }

  private static <T> T valueOf(CompletableFuture<T> answer) throws Exception {
    return answer.get(PATIENCE_S, TimeUnit.SECONDS);
  }
}
