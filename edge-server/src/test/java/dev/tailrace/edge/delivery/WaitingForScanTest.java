package dev.tailrace.edge.delivery;

import static dev.tailrace.edge.delivery.Edge.anybody;
import static dev.tailrace.edge.delivery.Edge.cursor;
import static dev.tailrace.edge.delivery.Edge.position;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.tailrace.edge.connection.DisconnectReason;
import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.connection.Transport;
import dev.tailrace.edge.lane.Stamped;
import dev.tailrace.schemas.Channels;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.v1.Delivery;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients that have a position, and whose scan does not begin for a long time. */
class WaitingForScanTest {
  /** As many as may be under way. */
  private static final int LAPS = 4;

  private static final int LARGE = 100_000;
  private static final int SEVERAL_SLICES = 400;
  private static final int BEATS = 3;

  private final Edge edge = new Edge();
  private final LanePartition own = edge.slots.userPartition("ann");

  /** The channels' partitions are scanned, all of them, and no scan comes to its end. */
  @ParameterizedTest
  @EnumSource(names = {"SSE", "WEBSOCKET"})
  void shouldGiveSignsOfLifeWhileOthersAreReadFor(Transport.Kind kind) {
    beginAllLaps();
    edge.toUserLane("ann", "e0");
    edge.toUserLane("ann", "e1");
    CapturingTransport waiting = edge.register(kind, anybody("ann"), cursor(own, 0), 0);
    workWithoutKafka();

    for (int beat = 1; beat <= BEATS; beat++) {
      edge.catchUp.turn();
      edge.clock.advance(Edge.HEARTBEAT);
      workWithoutKafka();
      assertThat(waiting.notices(Notice.CursorHeartbeat.class)).hasSize(beat);
    }

    assertThat(edge.catchUp.laps()).isEqualTo(LAPS);
    assertThat(edge.catchUp.accepted()).isEqualTo(LAPS + 1);
    assertThat(waiting.notices(Notice.CursorHeartbeat.class))
        .allMatch(beat -> position(beat.cursor(), own) == 0);
    assertThat(waiting.events()).isEmpty();
    assertThat(waiting.closed()).isNull();
    edge.settle();
    assertThat(waiting.events()).containsExactly("e0", "e1");
    assertThat(waiting.notices(Notice.Gap.class)).isEmpty();
  }

  private void beginAllLaps() {
    edge.catchUp.consumer().setMaxRecordsOfAPartition(10);
    byte[] large = forNobody().toByteArray();
    Set<LanePartition> scanned = new HashSet<>();
    scan(Channels.BROADCAST, large);
    for (int i = 0; scanned.size() < LAPS - 1; i++) {
      String channel = "scanned." + i;
      if (scanned.add(edge.partition(channel))) {
        scan(channel, large);
      }
    }
    workWithoutKafka();
    for (int turn = 0; edge.catchUp.laps() < LAPS; turn++) {
      assertThat(turn).as("turns without all laps").isLessThan(3 * LAPS);
      edge.catchUp.turn();
    }
  }

  private void scan(String channel, byte[] large) {
    for (int i = 0; i < SEVERAL_SLICES; i++) {
      edge.lanes.append(edge.partition(channel), edge.clock.millis(), large);
    }
    edge.sseFrom(cursor(edge.partition(channel), 0), channel);
  }

  private Delivery forNobody() {
    Delivery.Builder delivery = Stamped.toChannel(edge.nextSource(), "nobody", "x").toBuilder();
    delivery.getEventBuilder().setData(ByteString.copyFrom(new byte[LARGE]));
    return delivery.build();
  }

  /** There are so many before it that it does not even have a place among those who wait. */
  @ParameterizedTest
  @EnumSource(Transport.Kind.class)
  void shouldTellWhoHasNoPlaceAmongThoseWhoWait(Transport.Kind kind) {
    edge.toUserLane("ann", "e0");
    edge.catchUp.setRefusing(true);
    CapturingTransport client = edge.register(kind, anybody("ann"), cursor(own, 0), 1_000);
    for (int beat = 0; beat < BEATS; beat++) {
      workWithoutKafka();
      edge.clock.advance(Edge.HEARTBEAT);
    }
    workWithoutKafka();

    assertThat(client.events()).isEmpty();
    switch (kind) {
      case SSE, WEBSOCKET -> {
        assertThat(client.closed()).isNull();
        assertThat(client.notices(Notice.CursorHeartbeat.class)).hasSize(BEATS);
      }
      case POLL -> assertThat(client.closed()).isEqualTo(DisconnectReason.OVERLOADED);
      case HISTORY -> {
        assertThat(client.turns()).as("is answered").hasSize(1);
        assertThat(client.notices(Notice.Complete.class)).as("with more to come").isEmpty();
        assertThat(position(client.lastCursor(), own)).isZero();
      }
    }
    edge.catchUp.setRefusing(false);
    edge.settle();
    if (!kind.isAnswer()) {
      edge.pass(Edge.HEARTBEAT);
      assertThat(client.events()).containsExactly("e0");
    }
  }

  private void workWithoutKafka() {
    for (int i = 0; i < 10; i++) {
      edge.tail.turn();
      edge.step();
    }
  }
}
