package dev.tailrace.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.edge.client.Client;
import dev.tailrace.edge.client.ClientKind;
import dev.tailrace.testing.KafkaTopics;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
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
      KafkaTopics.recreateLanes(kafka.bootstrapServers(), USER_PARTITIONS, CHANNEL_PARTITIONS);
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
      // Sockets keep events' own cursors, which have no time.
      assertTold(client, kind, !kind.isSocket());
      if (kind.isSocket()) {
        String timed = Objects.requireNonNull(resumes.get(ClientKind.SSE)).cursor();
        Client.Resume everywhere = new Client.Resume(timed, Map.of(CHANNEL, timed));
        Client byTime = connect(kind, target("mia", CHANNEL).at(again.port()).from(everywhere));
        awaitLast(byTime, CHANNEL, "after " + kind);
        assertTold(byTime, kind, true);
      }
    }
  }

  /** By the time of a cursor that has one it is given again what it may have missed. */
  private static void assertTold(Client client, ClientKind kind, boolean byTime) {
    assertThat(client.gaps()).as("%s", kind).allMatch(gap -> gap.reason().equals("generation"));
    assertThat(client.gaps())
        .as("%s", kind)
        .filteredOn(gap -> gap.channels().contains(CHANNEL))
        .extracting(Client.Gap::approximate)
        .containsExactly(byTime);
    if (byTime) {
      assertThat(of(client, CHANNEL))
          .as("%s", kind)
          .startsWith(CHANNEL + "/e100")
          .containsSubsequence(names(CHANNEL, 100, 120));
    } else {
      assertThat(of(client, CHANNEL)).as("%s", kind).doesNotContain(CHANNEL + "/e100");
    }
  }

  private static void awaitGap(Client client) {
    await()
        .atMost(PATIENCE)
        .until(() -> client.gaps().stream().anyMatch(gap -> gap.channels().contains(CHANNEL)));
  }
}
