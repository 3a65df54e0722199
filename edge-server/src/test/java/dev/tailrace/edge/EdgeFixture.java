package dev.tailrace.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.tailrace.edge.auth.Tokens;
import dev.tailrace.edge.client.Client;
import dev.tailrace.edge.client.ClientKind;
import dev.tailrace.edge.client.Target;
import dev.tailrace.infra.kafka.EmbeddedKafka;
import dev.tailrace.support.config.Settings;
import dev.tailrace.testing.KafkaTopics;
import dev.tailrace.testing.LaneWriter;
import dev.tailrace.v1.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/** A broker with lanes, a real edge, and clients that are closed after each test. */
abstract class EdgeFixture {
  static final Duration PATIENCE = Duration.ofSeconds(60);
  static final int USER_PARTITIONS = 3;
  static final int CHANNEL_PARTITIONS = 4;
  private static final String EVERYTHING = "*";

  /** Whoever sends and waits in turn, many times, would do little but wait with 100 ms. */
  private static final Duration POLL = Duration.ofMillis(10);

  static EmbeddedKafka kafka;
  static LaneWriter lanes;
  static EdgeServer edge;

  private final List<Client> clients = new ArrayList<>();
  private final List<EdgeServer> edges = new ArrayList<>();

  @BeforeAll
  static void startBrokerAndEdge() {
    Awaitility.setDefaultPollInterval(POLL);
    kafka = EmbeddedKafka.start();
    KafkaTopics.create(kafka.bootstrapServers(), 1, USER_PARTITIONS, CHANNEL_PARTITIONS);
    lanes = new LaneWriter(kafka.bootstrapServers(), USER_PARTITIONS, CHANNEL_PARTITIONS);
    edge = EdgeServer.start(settings());
  }

  @AfterAll
  static void stopBrokerAndEdge() {
    edge.close();
    lanes.close();
    kafka.close();
    Awaitility.reset();
  }

  @AfterEach
  void closeClients() {
    clients.forEach(Client::close);
    edges.forEach(EdgeServer::close);
  }

  static Settings settings(String... more) {
    Map<String, String> values = new HashMap<>();
    values.put("kafka.bootstrap.servers", kafka.bootstrapServers());
    values.put("edge.port", "0");
    values.put("edge.operator.port", "0");
    values.put("auth.hmac.secret", Tokens.SECRET);
    values.put("edge.warm.window", "0s"); // what came before it started is for Kafka to answer
    for (int i = 0; i < more.length; i += 2) {
      values.put(more[i], more[i + 1]);
    }
    return Settings.of(values);
  }

  /** One more edge with these settings, keys and values in turn; closed after the test. */
  EdgeServer anotherEdge(String... more) {
    EdgeServer another = EdgeServer.start(settings(more));
    edges.add(another);
    return another;
  }

  /** Somebody who may follow everything. */
  static Target target(String user, String... channels) {
    return new Target(edge.port(), Tokens.subscribing(user, EVERYTHING), List.of(channels), null);
  }

  /** Connects, and waits until all that is written from now on will come. */
  Client connect(ClientKind kind, Target target) throws Exception {
    Client client = open(kind, target);
    clients.add(client);
    return client;
  }

  /** The same, of one that is not closed after the test. */
  static Client open(ClientKind kind, Target target) throws Exception {
    Client client = kind.open(target);
    await(kind + " is open")
        .atMost(PATIENCE)
        .failFast(() -> client.ended() != null)
        .until(client::isOpen);
    return client;
  }

  /** Waits until so many events have come. */
  static void awaitEvents(Client client, int count) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(client.names())
                    .as("ended: %s, gaps: %s", client.ended(), client.gaps())
                    .hasSizeGreaterThanOrEqualTo(count));
  }

  /**
   * Ends what a test has to say with one more event, and waits for it: whatever else was to come on
   * that partition has come then.
   */
  static void awaitLast(Client client, String channel, String id) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(client.names()).contains(channel + "/" + id));
  }

  static Event event(String id) {
    return Event.newBuilder()
        .setId(id)
        .setType("tick")
        .setData(ByteString.copyFromUtf8("{\"id\":\"" + id + "\"}"))
        .build();
  }

  static void write(String channel, int from, int to) {
    IntStream.range(from, to).forEach(i -> lanes.toChannel(channel, event("e" + i)));
  }

  static List<String> names(String channel, int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> channel + "/e" + i).toList();
  }

  /** Those of one channel, or the personal ones. */
  static List<String> of(Client client, String channel) {
    return client.names().stream().filter(name -> name.startsWith(channel + "/")).toList();
  }
}
