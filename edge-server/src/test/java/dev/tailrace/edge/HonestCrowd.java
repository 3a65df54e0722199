package dev.tailrace.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.edge.client.Client;
import dev.tailrace.edge.client.ClientKind;
import dev.tailrace.edge.client.Target;
import dev.tailrace.testing.LaneWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Fifty clients that do nothing wrong, of every kind, while others attack: each gets every event of
 * a channel, and none of them is cut.
 */
final class HonestCrowd implements AutoCloseable {
  private static final int SIZE = 50;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final List<Client> clients = new ArrayList<>();
  private final LaneWriter lanes;
  private final String channel;
  private int written;

  private HonestCrowd(LaneWriter lanes, String channel) {
    this.lanes = lanes;
    this.channel = channel;
  }

  /** Returns when all are connected. */
  static HonestCrowd connect(LaneWriter lanes, int port, String token, String channel)
      throws Exception {
    HonestCrowd crowd = new HonestCrowd(lanes, channel);
    ClientKind[] kinds = ClientKind.values();
    for (int i = 0; i < SIZE; i++) {
      Target target = new Target(port, token, List.of(channel), null);
      crowd.clients.add(kinds[i % kinds.length].open(target));
    }
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(crowd.clients)
                    .allSatisfy(
                        client -> assertThat(client.isOpen()).as("%s", client.ended()).isTrue()));
    return crowd;
  }

  /** Writes one more event, and waits until everybody has had all so far. */
  void expectNext() {
    lanes.toChannel(channel, EdgeFixture.event("e" + written++));
    List<String> all = EdgeFixture.names(channel, 0, written);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(clients)
                    .allSatisfy(
                        client -> {
                          assertThat(client.ended()).as("ended").isNull();
                          assertThat(EdgeFixture.of(client, channel)).isEqualTo(all);
                        }));
  }

  @Override
  public void close() {
    clients.forEach(Client::close);
  }
}
