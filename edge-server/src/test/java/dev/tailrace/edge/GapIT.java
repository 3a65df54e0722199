package dev.tailrace.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.client.Client;
import dev.tailrace.edge.client.ClientKind;
import dev.tailrace.edge.client.Target;
import dev.tailrace.edge.cursor.CursorCodec;
import dev.tailrace.schemas.LanePartition;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is really gone is told, before anything newer, and the client goes on. */
class GapIT extends EdgeFixture {
  @ParameterizedTest
  @EnumSource(ClientKind.class)
  void shouldTellOfWhatRetentionRemoved(ClientKind kind) throws Exception {
    String channel = "retention." + kind;
    Target target = target("retention.user", channel);
    Client before = connect(kind, target);
    write(channel, 0, 5);
    awaitEvents(before, 5);
    before.close();
    write(channel, 5, 10);
    long kept = lanes.toChannel(channel, event("e10")).offset();
    removeBelow(channel, kept);
    write(channel, 11, 15);

    Client after = connect(kind, target.at(anotherEdge().port()).from(before.resume()));
    awaitEvents(after, 5);

    assertThat(after.gaps()).hasSize(1);
    assertThat(after.gaps().getFirst().reason()).isEqualTo("retention");
    assertThat(after.gaps().getFirst().channels()).containsExactly(channel);
    assertThat(CursorCodec.decode(after.gaps().getFirst().cursor()).positions())
        .isEqualTo(Map.of(lanes.slots().channelPartition(channel), kept));
    assertThat(of(after, channel)).isEqualTo(names(channel, 10, 15));
  }

  private static void removeBelow(String channel, long offset) throws Exception {
    LanePartition partition = lanes.slots().channelPartition(channel);
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      admin
          .deleteRecords(
              Map.of(
                  new TopicPartition(partition.topic(), partition.partition()),
                  RecordsToDelete.beforeOffset(offset)))
          .all()
          .get();
    }
  }

  @ParameterizedTest
  @EnumSource(ClientKind.class)
  void shouldTellOfACursorOfAnotherCluster(ClientKind kind) throws Exception {
    String channel = "elsewhere." + kind;
    String elsewhere = "zzzz" + cursorAt(channel, 3).substring(tag().length());
    Client client =
        connect(
            kind,
            target("elsewhere.user", channel)
                .from(new Client.Resume(elsewhere, Map.of(channel, elsewhere))));
    awaitGap(client, channel);

    write(channel, 0, 3);
    awaitEvents(client, 3);
    assertThat(client.gaps()).allMatch(gap -> gap.reason().equals("generation"));
    assertThat(client.gaps().stream().map(Client.Gap::channels).toList())
        .contains(List.of(channel));
    assertThat(of(client, channel)).isEqualTo(names(channel, 0, 3));
  }

  @ParameterizedTest
  @EnumSource(ClientKind.class)
  void shouldTellOfACursorPastTheEnd(ClientKind kind) throws Exception {
    String channel = "ahead." + kind;
    long end = lanes.toChannel(channel, event("first")).offset() + 1;
    String ahead = cursorAt(channel, end + 1_000);
    Client client =
        connect(
            kind,
            target("ahead.user", channel).from(new Client.Resume(ahead, Map.of(channel, ahead))));
    awaitGap(client, channel);

    write(channel, 0, 3);
    awaitEvents(client, 3);
    assertThat(client.gaps()).extracting(Client.Gap::reason).contains("truncated");
    assertThat(
            client.gaps().stream()
                .filter(gap -> gap.channels().contains(channel))
                .map(Client.Gap::cursor))
        .containsExactly(cursorAt(channel, end));
    assertThat(of(client, channel)).isEqualTo(names(channel, 0, 3));
  }

  private static void awaitGap(Client client, String channel) {
    org.awaitility.Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> client.gaps().stream().anyMatch(gap -> gap.channels().contains(channel)));
  }

  private String tag() throws Exception {
    Client any = connect(ClientKind.SSE, target("tag.user"));
    String cursor = any.resume().cursor();
    any.close();
    return cursor.substring(0, cursor.indexOf('~'));
  }

  private String cursorAt(String channel, long offset) throws Exception {
    StringBuilder text = new StringBuilder(tag());
    CursorCodec.append(text, lanes.slots().channelPartition(channel), offset);
    return text.toString();
  }
}
