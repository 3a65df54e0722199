package dev.tailrace.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.tailrace.edge.auth.Tokens;
import dev.tailrace.edge.client.Client;
import dev.tailrace.edge.client.ClientKind;
import dev.tailrace.edge.client.Target;
import dev.tailrace.edge.cursor.CursorCodec;
import dev.tailrace.edge.cursor.InvalidCursorException;
import dev.tailrace.infra.kafka.EmbeddedKafkaCluster;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.schemas.Topics;
import dev.tailrace.support.config.Settings;
import dev.tailrace.support.lifecycle.LifecycleStack;
import dev.tailrace.testing.LaneWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Lane partitions lose their tail: the broker that had all of it goes away, one that had not comes
 * back and leads, and other events take the places of those that were lost. It happens once, before
 * the tests; each of them looks at a partition, and at clients of all kinds.
 */
class TruncatedLaneIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int WHOLE = 2;
  private static final int BEHIND = 3;
  private static final int CHANNEL_PARTITIONS = 4;
  private static final List<Client> CLIENTS = new CopyOnWriteArrayList<>();
  private static final LifecycleStack PARTS = new LifecycleStack();

  private static EmbeddedKafkaCluster kafka;
  private static LaneWriter lanes;
  private static EdgeServer edge;
  private static EdgeServer otherEdge;

  /** Its last event is long ago when clients come who then lose the tail. */
  private static String silent;

  /** Clients have all of it; some stay, some are away for a while. */
  private static String busy;

  /** Clients have all of it, and are away; nothing is written to it meanwhile. */
  private static String shorter;

  private static Map<ClientKind, Client> onSilent;
  private static Map<ClientKind, Client> onBusy;
  private static Map<ClientKind, Client> backOnBusy;
  private static Map<ClientKind, Client> awayFromShorter;

  @BeforeAll
  static void loseTheTails() throws Exception {
    kafka = PARTS.push("brokers", EmbeddedKafkaCluster.start(3));
    createLanes();
    lanes = PARTS.push("lanes", new LaneWriter(kafka.bootstrapServers(), 1, CHANNEL_PARTITIONS));
    edge = PARTS.push("edge", EdgeServer.start(settings()));
    otherEdge = PARTS.push("other edge", EdgeServer.start(settings()));
    silent = channelOn(1);
    busy = channelOn(2);
    shorter = channelOn(3);
    Instant longAgo = Instant.now().minusSeconds(300);
    onBusy = connectAll(target(busy));
    Map<ClientKind, Client> awayFromBusy = connectAll(target(busy));
    awayFromShorter = connectAll(target(shorter));

    send(silent, "kept", 10, longAgo);
    send(busy, "kept", 10, Instant.now());
    send(shorter, "kept", 10, Instant.now());
    kafka.pause(BEHIND);
    send(silent, "lost", 10, longAgo);
    send(busy, "lost", 10, Instant.now());
    send(shorter, "lost", 10, Instant.now());
    onSilent = connectAll(target(silent));
    for (Map<ClientKind, Client> all : List.of(onBusy, awayFromBusy, awayFromShorter)) {
      all.values().forEach(client -> awaitEvents(client, 20));
    }
    awayFromBusy.values().forEach(Client::close);
    awayFromShorter.values().forEach(Client::close);

    kafka.pause(WHOLE);
    // What is written waits for a leader, and is there before anybody else has asked for one.
    Thread writer =
        Thread.ofPlatform()
            .start(
                () -> {
                  send(silent, "new", 30, Instant.now());
                  send(busy, "new", 30, Instant.now());
                });
    kafka.resume(BEHIND);
    writer.join();
    onBusy.values().forEach(client -> awaitGap(client));
    backOnBusy = comeBack(awayFromBusy, target(busy));
  }

  private static void createLanes() throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      List<Integer> elsewhere = List.of(1, WHOLE);
      List<Integer> both = List.of(WHOLE, BEHIND);
      Map<String, String> configs =
          Map.of("min.insync.replicas", "1", "unclean.leader.election.enable", "true");
      admin
          .createTopics(
              List.of(
                  new NewTopic(Topics.SLOTS, Map.of(0, elsewhere)),
                  new NewTopic(Topics.CONTROL, Map.of(0, elsewhere)),
                  new NewTopic(Lane.USERS.topic(), Map.of(0, elsewhere)).configs(configs),
                  new NewTopic(
                          Lane.CHANNELS.topic(), Map.of(0, elsewhere, 1, both, 2, both, 3, both))
                      .configs(configs)))
          .all()
          .get();
    }
  }

  private static Settings settings() {
    return Settings.of(
        Map.of(
            "kafka.bootstrap.servers",
            kafka.bootstrapServers(),
            "edge.port",
            "0",
            "edge.operator.port",
            "0",
            "auth.hmac.secret",
            Tokens.SECRET));
  }

  @AfterAll
  static void stop() {
    CLIENTS.forEach(Client::close);
    PARTS.close();
  }

  @Test
  void shouldTellWhoSawTheLostTailAndGiveThemAllThatTookItsPlace() {
    List<String> all =
        Stream.of(names(busy, "kept", 10), names(busy, "lost", 10), names(busy, "new", 30))
            .flatMap(List::stream)
            .toList();
    onBusy.forEach((kind, client) -> assertTold(kind, client, busy, all));
  }

  @Test
  void shouldTellWhoWasAwayWhileTheTailWasLostAndGrewAgain() {
    backOnBusy.forEach((kind, client) -> assertTold(kind, client, busy, names(busy, "new", 30)));
  }

  /** They have read nothing that the new leader could be compared by. */
  @Test
  void shouldTellWhoCameAfterTheLastEventOfTheLostTail() {
    onSilent.forEach((kind, client) -> assertTold(kind, client, silent, names(silent, "new", 30)));
  }

  @Test
  void shouldTellAtAnyEdgeWhoComesBackWithACursorBeyondTheEnd() throws Exception {
    Map<ClientKind, Client> back = comeBack(awayFromShorter, target(shorter).at(otherEdge.port()));
    back.values().forEach(TruncatedLaneIT::awaitGap);
    send(shorter, "new", 30, Instant.now());

    back.forEach((kind, client) -> assertTold(kind, client, shorter, names(shorter, "new", 30)));
  }

  /** Of the loss once, before anything newer, and of all that is there now. */
  private static void assertTold(
      ClientKind kind, Client client, String channel, List<String> events) {
    awaitEvents(client, events.size());
    assertThat(client.names()).as("%s", kind).isEqualTo(events);
    assertThat(client.gaps())
        .as("%s", kind)
        .extracting(
            Client.Gap::reason, Client.Gap::channels, gap -> position(gap.cursor(), channel))
        .containsExactly(tuple("truncated", List.of(channel), 10L));
  }

  private static long position(String cursor, String channel) {
    try {
      return CursorCodec.decode(cursor)
          .position(lanes.slots().channelPartition(channel))
          .orElseThrow();
    } catch (InvalidCursorException e) {
      throw new AssertionError(cursor, e);
    }
  }

  private static Map<ClientKind, Client> connectAll(Target target) throws Exception {
    Map<ClientKind, Client> all = new EnumMap<>(ClientKind.class);
    for (ClientKind kind : ClientKind.values()) {
      all.put(kind, connect(kind, target));
    }
    return all;
  }

  private static Map<ClientKind, Client> comeBack(Map<ClientKind, Client> before, Target target)
      throws Exception {
    Map<ClientKind, Client> after = new EnumMap<>(ClientKind.class);
    for (Map.Entry<ClientKind, Client> one : before.entrySet()) {
      after.put(one.getKey(), connect(one.getKey(), target.from(one.getValue().resume())));
    }
    return after;
  }

  private static Client connect(ClientKind kind, Target target) throws Exception {
    Client client = kind.open(target);
    CLIENTS.add(client);
    await(kind + " is open")
        .atMost(PATIENCE)
        .failFast(() -> client.ended() != null)
        .until(client::isOpen);
    return client;
  }

  private static Target target(String channel) {
    return new Target(edge.port(), Tokens.subscribing("truncated", "*"), List.of(channel), null);
  }

  private static void awaitEvents(Client client, int count) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(client.names())
                    .as("ended: %s, gaps: %s", client.ended(), client.gaps())
                    .hasSizeGreaterThanOrEqualTo(count));
  }

  private static void awaitGap(Client client) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(client.gaps()).as("events: %s", client.names()).isNotEmpty());
  }

  private static String channelOn(int partition) {
    return IntStream.range(0, 1_000)
        .mapToObj(i -> "truncated." + i)
        .filter(name -> lanes.slots().channelPartition(name).partition() == partition)
        .findFirst()
        .orElseThrow();
  }

  /** By a producer of its own: none goes on from what it wrote to a log that was lost. */
  private static void send(String channel, String what, int count, Instant time) {
    LanePartition where = lanes.slots().channelPartition(channel);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers(), "acks", "all", "linger.ms", 20),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (int i = 0; i < count; i++) {
        byte[] delivery = lanes.forChannel(channel, EdgeFixture.event(what + i)).toByteArray();
        var _ =
            producer.send(
                new ProducerRecord<>(
                    where.topic(), where.partition(), time.toEpochMilli(), null, delivery));
      }
    }
  }

  private static List<String> names(String channel, String what, int count) {
    return IntStream.range(0, count).mapToObj(i -> channel + "/" + what + i).toList();
  }
}
