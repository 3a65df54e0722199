package dev.tailrace.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.edge.client.Client;
import dev.tailrace.edge.client.ClientKind;
import dev.tailrace.schemas.Lane;
import dev.tailrace.testing.KafkaTopics;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;

/** Lanes that are created anew while an edge runs, and while its clients are away. */
class RecreatedLanesIT extends EdgeFixture {
  private static final String CHANNEL = "recreated";

  @Test
  void shouldEndAndTellWhoComesBackByWhichTimeItGoesOn() throws Exception {
    CountDownLatch recreated = new CountDownLatch(1);
    Map<ClientKind, Client.Resume> resumes = new EnumMap<>(ClientKind.class);
    try (EdgeServer before = EdgeServer.start(settings(), recreated::countDown)) {
      for (ClientKind kind : ClientKind.values()) {
        Client client = connect(kind, target("mia", CHANNEL).at(before.port()));
        write(CHANNEL, resumes.size(), resumes.size() + 1);
        awaitEvents(client, 1);
        resumes.put(kind, client.resume());
      }
      assertThat(before.areLanesRecreated()).isFalse();
      recreateLanes();
      await().atMost(PATIENCE).until(() -> recreated.getCount() == 0);
      assertThat(before.areLanesRecreated()).isTrue();
    }
    write(CHANNEL, 100, 120); // further than any cursor says

    EdgeServer again = anotherEdge();
    for (ClientKind kind : ClientKind.values()) {
      Client client =
          connect(kind, target("mia", CHANNEL).at(again.port()).from(resumes.get(kind)));
      awaitGap(client);
      lanes.toChannel(CHANNEL, event("after " + kind));
      awaitLast(client, CHANNEL, "after " + kind);
      if (!kind.isSocket()) { // those keep events' own cursors, which have no time
        assertThat(of(client, CHANNEL)).as("%s", kind).containsAll(names(CHANNEL, 100, 120));
      }
      assertThat(client.gaps()).as("%s", kind).allMatch(gap -> gap.reason().equals("generation"));
    }
  }

  private static void awaitGap(Client client) {
    await()
        .atMost(PATIENCE)
        .until(() -> client.gaps().stream().anyMatch(gap -> gap.channels().contains(CHANNEL)));
  }

  private static void recreateLanes() throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      admin.deleteTopics(List.of(Lane.USERS.topic(), Lane.CHANNELS.topic())).all().get();
    }
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(
            () -> {
              KafkaTopics.createLanes(
                  kafka.bootstrapServers(), USER_PARTITIONS, CHANNEL_PARTITIONS);
              return true;
            });
  }
}
