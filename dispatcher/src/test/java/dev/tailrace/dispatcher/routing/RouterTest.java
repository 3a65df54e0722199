package dev.tailrace.dispatcher.routing;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.tailrace.dispatcher.ingress.EventReader;
import dev.tailrace.dispatcher.ingress.IngressRecord;
import dev.tailrace.schemas.EventLimits;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.schemas.SlotMap;
import dev.tailrace.testing.NestedEvent;
import dev.tailrace.v1.DeadLetter.Reason;
import dev.tailrace.v1.Delivery;
import dev.tailrace.v1.Event;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RouterTest {
  private static final SourcePartition SOURCE =
      SourcePartition.of("tailrace.events", new UUID(1, 2), 3);
  private static final SlotMap MAP = SlotMap.initial(4, 5);
  private final Router router =
      new Router(new EventReader(List.of()), EventLimits.DEFAULT, 2 << 20);

  @Test
  void shouldWriteOneRecordPerChannelAndOnePerUserPartition() {
    Event.Builder event = Event.newBuilder().addChannels("a").addChannels("$broadcast");
    for (int i = 0; i < 40; i++) {
      event.addUsers("user-" + i);
    }
    List<LaneRecord> records = deliver(event.build());

    List<LaneRecord> users =
        records.stream().filter(r -> r.lanePartition().lane() == Lane.USERS).toList();
    assertThat(users).hasSize(4);
    assertThat(users).extracting(LaneRecord::lanePartition).doesNotHaveDuplicates();
    assertThat(users).allSatisfy(r -> assertThat(r.delivery().getChannel()).isEmpty());
    assertThat(users.stream().flatMap(r -> r.delivery().getUsersList().stream()))
        .containsExactlyInAnyOrderElementsOf(event.getUsersList());
    List<LaneRecord> channels = records.subList(users.size(), records.size());
    assertThat(channels)
        .extracting(r -> r.delivery().getChannel())
        .containsExactly("a", "$broadcast");
    assertThat(channels).extracting(r -> r.stamp().subIndex()).containsExactly(40, 41);
    assertThat(channels.getLast().lanePartition())
        .isEqualTo(new LanePartition(Lane.CHANNELS, 1, 0));
  }

  @Test
  void shouldCountPlacesAfterDuplicatesAreRemovedUsersFirst() {
    List<LaneRecord> records =
        deliver(
            Event.newBuilder()
                .addChannels("c")
                .addChannels("c")
                .addUsers("u")
                .addUsers("u")
                .addChannels("d")
                .build());
    assertThat(records)
        .extracting(LaneRecord::stamp)
        .containsExactly(new Stamp(7, 0), new Stamp(7, 1), new Stamp(7, 2));
    assertThat(records.getFirst().delivery().getUsersList()).containsExactly("u");
  }

  @Test
  void shouldCarryTheEventWithoutAddressesAndWithAnId() {
    Event event =
        Event.newBuilder()
            .addUsers("u")
            .addChannels("c")
            .setType("goal")
            .setData(ByteString.copyFromUtf8("{}"))
            .build();
    for (LaneRecord record : deliver(event)) {
      assertThat(record.delivery().getEvent())
          .isEqualTo(
              event.toBuilder()
                  .clearUsers()
                  .clearChannels()
                  .setId("AAAAAAAAAAEAAAAAAAAAAg-3-7")
                  .build());
      assertThat(record.delivery().getSlotMapVersion()).isEqualTo(MAP.version());
      assertThat(record.delivery().getSource().getTopicId()).isEqualTo(SOURCE.topicId());
      assertThat(record.delivery().getSource().getPartition()).isEqualTo(3);
    }
    assertThat(
            deliver(event.toBuilder().setId("mine").build())
                .getFirst()
                .delivery()
                .getEvent()
                .getId())
        .isEqualTo("mine");
  }

  @Test
  void shouldNotRouteWhatIsNoEvent() {
    assertThat(reason(null)).isEqualTo(Reason.REASON_NOT_AN_EVENT);
    assertThat(reason(new byte[] {1, 2, 3})).isEqualTo(Reason.REASON_NOT_AN_EVENT);
    assertThat(reason(new byte[0])).isEqualTo(Reason.REASON_NO_ADDRESS);
    assertThat(reason(Event.newBuilder().addChannels("a b").build().toByteArray()))
        .isEqualTo(Reason.REASON_BAD_ADDRESS);
    assertThat(reason(Event.newBuilder().addChannels("a").setType("error").build().toByteArray()))
        .isEqualTo(Reason.REASON_BAD_TYPE);
  }

  /** Its time is a label, and says nothing of when it is delivered. */
  @Test
  void shouldRouteAnEventOfAnyTimeThatThereIs() {
    Event.Builder event = Event.newBuilder().addChannels("a");
    event.getTimeBuilder().setSeconds(Instant.parse("9999-12-31T23:59:59Z").getEpochSecond());
    assertThat(deliver(event.build())).hasSize(1);
    event.getTimeBuilder().setSeconds(Instant.parse("0000-12-31T23:59:59Z").getEpochSecond());
    assertThat(reason(event.build().toByteArray())).isEqualTo(Reason.REASON_BAD_FIELD);
    event.getTimeBuilder().setSeconds(Long.MAX_VALUE);
    assertThat(reason(event.build().toByteArray())).isEqualTo(Reason.REASON_BAD_FIELD);
  }

  /** An event is a record: its id is what its publisher calls it. */
  @Test
  void shouldRouteBothOfTwoRecordsWithTheSameId() {
    Event event = Event.newBuilder().setId("same").addChannels("a").build();
    IngressRecord record = IngressRecord.of(event.toByteArray());
    assertThat(Stream.of(7L, 8L).map(offset -> router.route(SOURCE, offset, record, MAP)))
        .extracting(decision -> ((RouteDecision.Deliver) decision).records().getFirst().stamp())
        .containsExactly(new Stamp(7, 0), new Stamp(8, 0));
  }

  @Test
  void shouldRefuseAHundredThousandAddresses() {
    Event.Builder event = Event.newBuilder();
    for (int i = 0; i < 100_000; i++) {
      event.addUsers("u" + i);
    }
    assertThat(reason(event.build().toByteArray())).isEqualTo(Reason.REASON_TOO_MANY_ADDRESSES);
  }

  /** Else the edge could not read the delivery, which lies one deeper, and would tell a gap. */
  @Test
  void shouldNotRouteAnEventNestedSoDeepThatItsDeliveryCouldNotBeRead() {
    Event event = NestedEvent.of("a", 100);
    assertThat(reason(event.toByteArray())).isEqualTo(Reason.REASON_NOT_AN_EVENT);
  }

  @Test
  void shouldRefuseARecordThatTheLaneWouldNotTake() {
    Router narrow = new Router(new EventReader(List.of()), EventLimits.DEFAULT, 100);
    Event event =
        Event.newBuilder().addChannels("a").setData(ByteString.copyFrom(new byte[100])).build();
    RouteDecision decision = narrow.route(SOURCE, 1, IngressRecord.of(event.toByteArray()), MAP);
    assertThat(decision)
        .isInstanceOfSatisfying(
            RouteDecision.DeadLetter.class,
            d -> assertThat(d.reason()).isEqualTo(Reason.REASON_RECORD_TOO_LARGE));
  }

  @Test
  void shouldDecideAnyEventAlikeAndReachEveryAddressOnceWithRisingStamps() {
    Random random = new Random(20261124);
    for (int round = 0; round < 500; round++) {
      Event event = anyEvent(random);
      List<LaneRecord> records = deliver(event);
      assertThat(
              new Router(new EventReader(List.of()), EventLimits.DEFAULT, 2 << 20)
                  .route(SOURCE, 7, IngressRecord.of(event.toByteArray()), SlotMap.initial(4, 5)))
          .isEqualTo(new RouteDecision.Deliver(records));

      List<String> reached = new ArrayList<>();
      Map<LanePartition, Stamp> highest = new HashMap<>();
      for (LaneRecord record : records) {
        Stamp before = highest.put(record.lanePartition(), record.stamp());
        assertThat(before == null || before.compareTo(record.stamp()) < 0).isTrue();
        Delivery delivery = record.delivery();
        assertThat(record.value()).hasSize(record.sizeBytes());
        delivery.getUsersList().forEach(user -> reached.add("u " + user));
        if (!delivery.getChannel().isEmpty()) {
          reached.add("c " + delivery.getChannel());
        }
      }
      Set<String> named = new HashSet<>();
      event.getUsersList().forEach(user -> named.add("u " + user));
      event.getChannelsList().forEach(channel -> named.add("c " + channel));
      assertThat(reached).containsExactlyInAnyOrderElementsOf(named);
    }
  }

  private static Event anyEvent(Random random) {
    Event.Builder event = Event.newBuilder().addChannels("c" + random.nextInt(20));
    int addresses = random.nextInt(60);
    for (int i = 0; i < addresses; i++) {
      if (random.nextBoolean()) {
        event.addUsers("u" + random.nextInt(50));
      } else {
        event.addChannels("c" + random.nextInt(50));
      }
    }
    for (int i = 0; i < random.nextInt(4); i++) {
      event.putAttributes("k" + random.nextInt(9), "v");
    }
    byte[] data = new byte[random.nextInt(300)];
    random.nextBytes(data);
    return event.setData(ByteString.copyFrom(data)).build();
  }

  private List<LaneRecord> deliver(Event event) {
    RouteDecision decision = router.route(SOURCE, 7, IngressRecord.of(event.toByteArray()), MAP);
    assertThat(decision).isInstanceOf(RouteDecision.Deliver.class);
    return ((RouteDecision.Deliver) decision).records();
  }

  private Reason reason(byte[] value) {
    RouteDecision decision = router.route(SOURCE, 7, IngressRecord.of(value), MAP);
    assertThat(decision).isInstanceOf(RouteDecision.DeadLetter.class);
    return ((RouteDecision.DeadLetter) decision).reason();
  }
}
