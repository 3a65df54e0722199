package dev.tailrace.edge.lane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.cursor.Cursor;
import dev.tailrace.edge.cursor.CursorCodec;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.testing.GoldenRecords;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What former versions left in Kafka and with clients, as an edge reads it. */
class FormerFormatsTest {
  private final DeliveryFields addressed = DeliveryFields.ofAddressed(new KnownTexts());

  private void assertReads(String name) {
    assertThat(addressed.readDelivery(GoldenRecords.bytes(name))).as(name).isTrue();
    assertThat(addressed.source().topicId()).isEqualTo(GoldenRecords.TOPIC_ID);
    assertThat(addressed.source().partition()).isEqualTo(5);
    assertThat(addressed.sourceOffset()).isEqualTo(1_234_567_890_123L);
    assertThat(addressed.slotMapVersion()).isEqualTo(2);
  }

  @Test
  void shouldReadADeliveryToAChannel() throws Exception {
    assertReads("delivery-channel.bin");
    assertThat(addressed.sourceSubIndex()).isEqualTo(2);
    assertThat(addressed.channel().text()).isEqualTo("scores");
    assertThat(addressed.users()).isEmpty();
    assertThat(addressed.conflationKey().text()).isEqualTo("match-7");
    assertThat(addressed.ttlMs()).isEqualTo(3_600_000);

    DeliveryFields content = DeliveryFields.ofContent();
    content.read(GoldenRecords.bytes("delivery-channel.bin"));
    assertThat(content.hasEvent()).isTrue();
    assertThat(content.id().text()).isEqualTo("e-1");
    assertThat(content.type().text()).isEqualTo("goal");
    assertThat(content.contentType().text()).isEqualTo("application/json");
    assertThat(content.data().text()).isEqualTo("{\"home\":1}");
    assertThat(content.timeSeconds()).isEqualTo(1_795_000_000);
    assertThat(content.timeNanos()).isEqualTo(123_456_789);
    assertThat(content.attributes())
        .isEqualTo(
            Map.of("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
  }

  @Test
  void shouldReadADeliveryToUsers() {
    assertReads("delivery-users.bin");
    assertThat(addressed.users()).isEqualTo(List.of("ada", "bob"));
    assertThat(addressed.channel().isEmpty()).isTrue();
    assertThat(addressed.hasUpstreamGap()).isFalse();
  }

  @Test
  void shouldReadAGapOfIngress() {
    assertReads("delivery-upstream-gap.bin");
    assertThat(addressed.sourceSubIndex()).isEqualTo(1_000);
    assertThat(addressed.hasUpstreamGap()).isTrue();
    assertThat(addressed.hasEvent()).isFalse();
  }

  @Test
  void shouldReadACursor() throws Exception {
    String text = GoldenRecords.text(GoldenRecords.CURSOR);

    Cursor cursor = CursorCodec.decode(text);

    assertThat(cursor.tag()).isEqualTo("qoy8x8");
    assertThat(cursor.positions())
        .isEqualTo(
            Map.of(
                new LanePartition(Lane.USERS, 1, 3), 2_018L,
                new LanePartition(Lane.CHANNELS, 1, 0), 0L,
                new LanePartition(Lane.CHANNELS, 2, 17), 357L));
    assertThat(cursor.lossToldMs()).isEqualTo(Long.parseLong("mi98xhxz", 36));
    assertThat(cursor.basisSeconds()).hasValue(Long.parseLong("tdgqo0", 36));
    assertThat(CursorCodec.encode(cursor)).isEqualTo(text);
  }
}
