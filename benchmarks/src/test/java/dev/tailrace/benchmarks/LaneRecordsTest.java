package dev.tailrace.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.tailrace.schemas.SlotMap;
import dev.tailrace.schemas.Topics;
import dev.tailrace.v1.Delivery;
import dev.tailrace.v1.Event;
import java.util.UUID;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

class LaneRecordsTest {
  private static final UUID TOPIC_ID = new UUID(1, 2);

  private final SlotMap slotMap = SlotMap.initial(8, 9);
  private final LaneRecords records = new LaneRecords(TOPIC_ID, slotMap);

  private static Delivery delivery(ProducerRecord<byte[], byte[]> record) throws Exception {
    return Delivery.parseFrom(record.value());
  }

  @Test
  void shouldWriteAPersonalEventToItsUsersPartition() throws Exception {
    byte[] event =
        Event.newBuilder()
            .addUsers("bench-7")
            .setData(ByteString.copyFromUtf8("1"))
            .build()
            .toByteArray();

    ProducerRecord<byte[], byte[]> record = records.record(7, event);

    assertThat(record.topic()).isEqualTo(Topics.USERS);
    assertThat(record.partition()).isEqualTo(slotMap.userPartition("bench-7").partition());
    assertThat(delivery(record).getUsersList()).containsExactly("bench-7");
    assertThat(delivery(record).getEvent().getData().toStringUtf8()).isEqualTo("1");
    assertThat(delivery(record).getSlotMapVersion()).isEqualTo(slotMap.version());
  }

  @Test
  void shouldStampEventsAsOneSourceThatRises() throws Exception {
    byte[] event = Event.newBuilder().addChannels("bench-0").build().toByteArray();

    Delivery first = delivery(records.record(0, event));
    Delivery second = delivery(records.record(0, event));

    assertThat(first.getChannel()).isEqualTo("bench-0");
    assertThat(second.getSource())
        .isEqualTo(
            first.getSource().toBuilder().setOffset(first.getSource().getOffset() + 1).build());
    assertThat(second.getEvent().getId()).isNotEqualTo(first.getEvent().getId());
  }

  @Test
  void shouldRefuseWhatADispatcherWouldRefuse() {
    byte[] event = Event.newBuilder().build().toByteArray();

    assertThatThrownBy(() -> records.record(0, event))
        .isInstanceOf(BenchException.class)
        .hasMessageContaining("no dispatcher would take");
  }
}
