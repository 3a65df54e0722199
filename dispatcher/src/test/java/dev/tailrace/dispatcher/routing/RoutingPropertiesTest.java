package dev.tailrace.dispatcher.routing;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.tailrace.dispatcher.ingress.EventReader;
import dev.tailrace.dispatcher.ingress.IngressHeader;
import dev.tailrace.dispatcher.ingress.IngressRecord;
import dev.tailrace.schemas.EventLimits;
import dev.tailrace.schemas.SlotMap;
import dev.tailrace.schemas.SlotMaps;
import dev.tailrace.v1.DeadLetter.Reason;
import dev.tailrace.v1.Delivery;
import dev.tailrace.v1.Event;
import dev.tailrace.v1.SlotFence;
import dev.tailrace.v1.SlotMove;
import dev.tailrace.v1.SlotRecord;
import dev.tailrace.v1.SourceOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What holds for any record that a producer can write. */
class RoutingPropertiesTest {
  private static final SourcePartition SOURCE =
      SourcePartition.of("tailrace.events", new UUID(1, 2), 3);
  private static final List<String> TRAVELLING = List.of("tenant", "x");
  private static final SlotRecord MOVE =
      SlotRecord.newBuilder()
          .setMove(
              SlotMove.newBuilder().setVersion(2).setLane("c").setGeneration(2).setPartitions(9))
          .build();
  private static final SlotRecord FENCE =
      SlotRecord.newBuilder()
          .setFence(
              SlotFence.newBuilder()
                  .setVersion(2)
                  .addFirst(
                      SourceOffset.newBuilder()
                          .setTopicId(SOURCE.topicId())
                          .setPartition(SOURCE.partition())
                          .setOffset(100)))
          .build();

  /** Whatever is written: it is routed or rejected, by every router alike, to the byte. */
  @Test
  void shouldDecideByTheRecordAloneAndNeverFail() {
    for (int seed = 0; seed < 3_000; seed++) {
      IngressRecord record = new RandomRecords(seed).record();
      RouteDecision decision = route(record);

      assertThat(route(copy(record))).as("seed %d", seed).isEqualTo(decision);
      if (decision instanceof RouteDecision.Deliver deliver) {
        assertThat(values(route(copy(record)))).as("seed %d", seed).isEqualTo(values(decision));
        for (LaneRecord lane : deliver.records()) {
          assertThat(readBack(lane.value())).as("seed %d", seed).isEqualTo(lane.delivery());
          assertThat(lane.value()).as("seed %d", seed).hasSize(lane.sizeBytes());
        }
      } else if (decision instanceof RouteDecision.DeadLetter letter) {
        assertThat(letter.detail()).as("seed %d", seed).isNotEmpty().matches("[ -~]*");
      }
    }
  }

  /** Or the test above would show little. */
  @Test
  void shouldHaveMadeRecordsOfEveryFate() {
    List<RouteDecision> fates = new ArrayList<>();
    for (int seed = 0; seed < 3_000; seed++) {
      fates.add(route(new RandomRecords(seed).record()));
    }

    assertThat(fates).filteredOn(RouteDecision.Deliver.class::isInstance).hasSizeGreaterThan(300);
    assertThat(fates)
        .filteredOn(RouteDecision.DeadLetter.class::isInstance)
        .extracting(fate -> ((RouteDecision.DeadLetter) fate).reason())
        .contains(Reason.REASON_NOT_AN_EVENT, Reason.REASON_NO_ADDRESS, Reason.REASON_BAD_FIELD);
  }

  /**
   * A map has no order: however an event's attributes were written, its deliveries are the same.
   */
  @Test
  void shouldWriteTheSameBytesInWhateverOrderAttributesCome() {
    for (int seed = 0; seed < 300; seed++) {
      Map<String, String> attributes = new RandomRecords(seed).attributes();
      List<Map.Entry<String, String>> shuffled = new ArrayList<>(attributes.entrySet());
      Collections.shuffle(shuffled, new Random(seed));
      Event.Builder other = Event.newBuilder().addChannels("a").setId("1");
      shuffled.forEach(entry -> other.putAttributes(entry.getKey(), entry.getValue()));
      Event event =
          Event.newBuilder().addChannels("a").setId("1").putAllAttributes(attributes).build();

      assertThat(values(route(IngressRecord.of(other.build().toByteArray()))))
          .as("seed %d", seed)
          .isEqualTo(values(route(IngressRecord.of(event.toByteArray()))));
    }
  }

  /** Whatever was heard of slots since: what lies below the fence is routed as ever. */
  @Test
  void shouldRouteByTheVersionThatHoldsAtTheOffset() {
    SlotMaps before = SlotMaps.of(SlotMap.initial(4, 5));
    SlotMaps after = before.with(MOVE).with(FENCE);
    int moved = 0;
    for (int seed = 0; seed < 3_000; seed++) {
      IngressRecord record = new RandomRecords(seed).record();
      RouteDecision below = route(record, 99, before);
      assertThat(route(copy(record), 99, after)).as("seed %d", seed).isEqualTo(below);
      RouteDecision above = route(record, 100, after);
      assertThat(route(copy(record), 100, after)).as("seed %d", seed).isEqualTo(above);
      if (above instanceof RouteDecision.Deliver deliver) {
        assertThat(values(route(copy(record), 100, after))).isEqualTo(values(above));
        assertThat(deliver.records()).allMatch(lane -> lane.delivery().getSlotMapVersion() == 2);
        moved += deliver.records().getLast().lanePartition().generation() == 2 ? 1 : 0;
      }
    }
    assertThat(moved).as("or this would show little").isGreaterThan(100);
  }

  private static RouteDecision route(IngressRecord record) {
    return route(record, 7, SlotMaps.of(SlotMap.initial(4, 5)));
  }

  private static RouteDecision route(IngressRecord record, long offset, SlotMaps maps) {
    return new Router(new EventReader(TRAVELLING), EventLimits.DEFAULT, 1 << 20)
        .route(SOURCE, offset, record, maps.at(SOURCE.id(), offset));
  }

  private static IngressRecord copy(IngressRecord record) {
    return new IngressRecord(
        copy(record.value()),
        record.headers().stream()
            .map(header -> new IngressHeader(header.name(), copy(header.value())))
            .toList());
  }

  private static ByteString copy(ByteString bytes) {
    return bytes == null ? null : ByteString.copyFrom(bytes.toByteArray());
  }

  private static List<ByteString> values(RouteDecision decision) {
    assertThat(decision).isInstanceOf(RouteDecision.Deliver.class);
    return ((RouteDecision.Deliver) decision)
        .records().stream().map(record -> ByteString.copyFrom(record.value())).toList();
  }

  private static Delivery readBack(byte[] value) {
    try {
      return Delivery.parseFrom(value);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError("a lane record that is no delivery", e);
    }
  }
}
