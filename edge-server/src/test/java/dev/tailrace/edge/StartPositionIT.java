package dev.tailrace.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.edge.client.Client;
import dev.tailrace.edge.client.ClientKind;
import dev.tailrace.edge.client.Target;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients without a cursor that want more than the present, by every transport. */
class StartPositionIT extends EdgeFixture {
  @ParameterizedTest
  @EnumSource(ClientKind.class)
  void shouldBeginWithTheLastEventsAndGoOnLive(ClientKind kind) throws Exception {
    String channel = "last." + kind;
    String other = "last.other." + kind;
    write(channel, 0, 10);
    write(other, 0, 2);

    Client cold = connect(kind, target("last.user", channel, other).from("last", "3"));
    awaitEvents(cold, 5);
    write(channel, 10, 12);
    awaitEvents(cold, 7);
    Client warm = connect(kind, target("last.user", channel).from("last", "3"));
    awaitEvents(warm, 3);

    assertThat(of(cold, channel)).isEqualTo(names(channel, 7, 12));
    assertThat(of(cold, other)).isEqualTo(names(other, 0, 2));
    assertThat(of(warm, channel)).isEqualTo(names(channel, 9, 12));
    assertThat(cold.gaps()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(ClientKind.class)
  void shouldBeginAtATimeAndGoOnLive(ClientKind kind) throws Exception {
    String channel = "since." + kind;
    write(channel, 0, 3);
    Thread.sleep(20); // the records' times are told apart by milliseconds
    Instant moment = Instant.now();
    Thread.sleep(20);
    write(channel, 3, 6);

    Client byMoment = connect(kind, target("since.user", channel).from("since", moment.toString()));
    Client byAge = connect(kind, target("since.user", channel).from("since", "-1h"));
    awaitEvents(byMoment, 3);
    awaitEvents(byAge, 6);
    write(channel, 6, 8);
    awaitEvents(byMoment, 5);
    awaitEvents(byAge, 8);

    assertThat(of(byMoment, channel)).isEqualTo(names(channel, 3, 8));
    assertThat(of(byAge, channel)).isEqualTo(names(channel, 0, 8));
  }

  @ParameterizedTest
  @EnumSource(ClientKind.class)
  void shouldBeginAtTheEarliestAndGoOnLive(ClientKind kind) throws Exception {
    String channel = "earliest." + kind;
    write(channel, 0, 3);

    Client client = connect(kind, target("earliest." + kind, channel).from("since", "earliest"));
    awaitEvents(client, 3);
    write(channel, 3, 5);
    awaitEvents(client, 5);

    assertThat(of(client, channel)).isEqualTo(names(channel, 0, 5));
  }

  /** By parameter, and by the word that stands for a cursor. */
  @ParameterizedTest
  @EnumSource(ClientKind.class)
  void shouldBeginAtTheLatest(ClientKind kind) throws Exception {
    String channel = "latest." + kind;
    Client before = connect(ClientKind.SSE, target("latest.before", channel));
    write(channel, 0, 3);
    awaitLast(before, channel, "e2"); // the present is where the edge has read to

    Target target = target("latest." + kind, channel);
    Client byParameter = connect(kind, target.from("since", "latest"));
    Client byCursor =
        connect(kind, target.from(new Client.Resume("latest", Map.of(channel, "latest"))));
    await().atMost(PATIENCE).until(() -> byCursor.raw().length > 0); // a poll is answered at once
    write(channel, 3, 6);
    awaitLast(byParameter, channel, "e5");
    awaitLast(byCursor, channel, "e5");

    for (Client client : List.of(byParameter, byCursor)) {
      assertThat(of(client, channel)).isEqualTo(names(channel, 3, 6));
      assertThat(client.gaps()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(ClientKind.class)
  void shouldGiveAUserTheLastEventsOfTheirOwn(ClientKind kind) throws Exception {
    String user = "last.own." + kind;
    for (int i = 0; i < 4; i++) {
      lanes.toUser(user, event("p" + i));
    }

    Client client = connect(kind, target(user).from("last", "2"));
    awaitEvents(client, 2);

    assertThat(client.names()).isEqualTo(List.of("/p2", "/p3"));
  }

  /** An EventSource brings its cursor, and again the address that says where to begin. */
  @ParameterizedTest
  @EnumSource(
      value = ClientKind.class,
      names = {"SSE", "SSE_OKHTTP"})
  void shouldGoOnFromTheCursorWhereverItBegan(ClientKind kind) throws Exception {
    String channel = "again." + kind;
    write(channel, 0, 5);
    Target target = target("again.user", channel).from("last", "3");
    Client before = connect(kind, target);
    awaitEvents(before, 3);
    before.close();
    write(channel, 5, 7);

    Client after = connect(kind, target.from(before.resume()));
    awaitEvents(after, 2);
    awaitLast(after, channel, "e6");

    assertThat(of(after, channel)).isEqualTo(names(channel, 5, 7));
  }
}
