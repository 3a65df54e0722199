package dev.tailrace.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.tailrace.edge.client.Client;
import dev.tailrace.edge.client.ClientKind;
import dev.tailrace.edge.client.Received;
import dev.tailrace.edge.client.Target;
import dev.tailrace.v1.Delivery;
import dev.tailrace.v1.Event;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every transport, encoding and library against a real broker and a real edge. */
class DeliveryIT extends EdgeFixture {
  @ParameterizedTest
  @EnumSource(ClientKind.class)
  void shouldDeliverChannelsPersonalAndBroadcastEventsInOrder(ClientKind kind) throws Exception {
    String a = "order.a." + kind;
    String b = "order.b." + kind;
    String user = "order.user." + kind;
    Client client = connect(kind, target(user, a, b));

    for (int i = 0; i < 60; i++) {
      lanes.toChannel(i % 2 == 0 ? a : b, event("e" + i));
      if (i % 3 == 0) {
        lanes.toUser(user, event("p" + i));
      }
      if (i % 20 == 0) {
        lanes.toChannel("$broadcast", event(kind + "-all" + i));
      }
      lanes.toChannel("order.nobody", event("not for this client"));
    }
    awaitEvents(client, 60 + 20 + 3);

    assertThat(of(client, a))
        .isEqualTo(names(a, 0, 60).stream().filter(name -> isEven(name)).toList());
    assertThat(of(client, b))
        .isEqualTo(names(b, 0, 60).stream().filter(name -> !isEven(name)).toList());
    List<String> personal = new ArrayList<>();
    for (int i = 0; i < 60; i += 3) {
      personal.add("/p" + i);
    }
    assertThat(of(client, "")).isEqualTo(personal);
    assertThat(of(client, "$broadcast"))
        .filteredOn(name -> name.contains(kind + "-all"))
        .hasSize(3)
        .doesNotHaveDuplicates();
    assertThat(client.gaps()).isEmpty();
    assertThat(client.errors()).isEmpty();
  }

  private static boolean isEven(String name) {
    return (name.charAt(name.length() - 1) - '0') % 2 == 0;
  }

  @ParameterizedTest
  @EnumSource(ClientKind.class)
  void shouldGoOnAfterACutWithNothingMissingAndNothingTwice(ClientKind kind) throws Exception {
    String a = "cut.a." + kind;
    String b = "cut.b." + kind;
    String user = "cut.user." + kind;
    Target target = target(user, a, b);
    Client before = connect(kind, target);
    writeAll(a, b, user, 0, 20);
    awaitEvents(before, 60);
    before.close();
    writeAll(a, b, user, 20, 40);

    Client after = connect(kind, target.from(before.resume()));
    writeAll(a, b, user, 40, 50);
    awaitEvents(after, 90);

    assertWhole(a, b, before, after, 50);
  }

  @Test
  void shouldGoOnAtAnEdgeThatWasStartedLater() throws Exception {
    Map<ClientKind, Client> before = new EnumMap<>(ClientKind.class);
    for (ClientKind kind : ClientKind.values()) {
      before.put(kind, connect(kind, ofRestart(kind)));
      writeOfRestart(kind, 0, 20);
    }
    for (Client client : before.values()) {
      awaitEvents(client, 60);
      client.close();
    }
    before.keySet().forEach(kind -> writeOfRestart(kind, 20, 40));

    EdgeServer fresh = anotherEdge();
    before.keySet().forEach(kind -> writeOfRestart(kind, 40, 45));
    for (ClientKind kind : ClientKind.values()) {
      Target later = ofRestart(kind).at(fresh.port()).from(before.get(kind).resume());
      Client after = connect(kind, later);
      writeOfRestart(kind, 45, 50);
      awaitEvents(after, 90);

      assertWhole("restart.a." + kind, "restart.b." + kind, before.get(kind), after, 50);
    }
  }

  private static Target ofRestart(ClientKind kind) {
    return target("restart.user." + kind, "restart.a." + kind, "restart.b." + kind);
  }

  private static void writeOfRestart(ClientKind kind, int from, int to) {
    writeAll("restart.a." + kind, "restart.b." + kind, "restart.user." + kind, from, to);
  }

  private static void writeAll(String a, String b, String user, int from, int to) {
    for (int i = from; i < to; i++) {
      lanes.toChannel(a, event("e" + i));
      lanes.toChannel(b, event("e" + i));
      lanes.toUser(user, event("e" + i));
    }
  }

  private static void assertWhole(String a, String b, Client before, Client after, int written) {
    for (String channel : List.of(a, b, "")) {
      List<String> all = new ArrayList<>(of(before, channel));
      all.addAll(of(after, channel));
      assertThat(all).isEqualTo(names(channel, 0, written));
    }
    assertThat(after.gaps()).isEmpty();
    assertThat(after.errors()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(ClientKind.class)
  void shouldDeliverRepetitionsInTheLaneOnce(ClientKind kind) throws Exception {
    String channel = "copies." + kind;
    Client live = connect(kind, target("copies.live", channel));
    Client.Resume start = live.resume();
    List<Delivery> first = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      first.add(lanes.forChannel(channel, event("e" + i)));
    }
    first.forEach(lanes::write);
    awaitEvents(live, 20);
    Client.Resume middle = live.resume();

    // A dispatcher that was killed before its commit writes a run again, and goes on.
    first.subList(5, 20).forEach(lanes::write);
    write(channel, 20, 25);
    EdgeServer fresh = anotherEdge();
    first.subList(0, 20).forEach(lanes::write);
    write(channel, 25, 30);
    Target later = target("copies.later", channel).at(fresh.port());
    Client fromTheStart = connect(kind, later.from(start));
    Client fromTheMiddle = connect(kind, later.from(middle));
    first.subList(10, 20).forEach(lanes::write);
    write(channel, 30, 31);

    awaitLast(live, channel, "e30");
    awaitLast(fromTheStart, channel, "e30");
    awaitLast(fromTheMiddle, channel, "e30");
    assertThat(of(live, channel)).isEqualTo(names(channel, 0, 31));
    assertThat(of(fromTheStart, channel)).isEqualTo(names(channel, 0, 31));
    assertThat(of(fromTheMiddle, channel)).isEqualTo(names(channel, 20, 31));
  }

  @ParameterizedTest
  @EnumSource(ClientKind.class)
  void shouldDeliverBytesAsTheyWere(ClientKind kind) throws Exception {
    byte[] bytes = new byte[64 << 10];
    new Random(11).nextBytes(bytes);
    String channel = "bytes." + kind;
    Client client = connect(kind, target("bytes.user", channel));

    lanes.toChannel(
        channel,
        Event.newBuilder()
            .setId("bytes")
            .setContentType("application/octet-stream")
            .setData(ByteString.copyFrom(bytes))
            .build());
    lanes.toChannel(
        channel,
        Event.newBuilder()
            .setId("text")
            .setContentType("text/plain")
            .setData(ByteString.copyFromUtf8("zwei\nZeilen \u2028 😀"))
            .build());
    awaitEvents(client, 2);

    assertThat(client.events().get(0).data().toByteArray()).isEqualTo(bytes);
    assertThat(client.events().get(1).data().toStringUtf8()).isEqualTo("zwei\nZeilen \u2028 😀");
  }

  @Test
  void shouldNeverShowOneUserAByteThatIsMeantForAnother() throws Exception {
    String shared = "isolation.shared";
    String secretChannel = "isolation.only-ann";
    Map<ClientKind, Client> bobs = new EnumMap<>(ClientKind.class);
    Client ann = connect(ClientKind.SSE, target("ann.of.isolation", shared, secretChannel));
    String bob = samePartition("ann.of.isolation");
    for (ClientKind kind : ClientKind.values()) {
      bobs.put(kind, connect(kind, target(bob, shared)));
    }
    byte[] secret = new byte[24];
    new Random(23).nextBytes(secret);
    Event forAnn =
        Event.newBuilder()
            .setId("id-only-for-ann")
            .setType("type-only-for-ann")
            .setContentType("image/x-only-for-ann")
            .setData(ByteString.copyFrom(secret))
            .putAttributes("attribute-only-for-ann", "value-only-for-ann")
            .build();

    lanes.toUser("ann.of.isolation", forAnn);
    lanes.toChannel(secretChannel, forAnn);
    lanes.write(lanes.forUsers(List.of("ann.of.isolation", bob), event("for both")));
    lanes.toUser("ann.of.isolation", forAnn);
    lanes.toChannel(shared, event("last"));
    lanes.toUser(bob, event("last"));
    awaitEvents(ann, 5);

    for (Map.Entry<ClientKind, Client> one : bobs.entrySet()) {
      Client client = one.getValue();
      awaitLast(client, shared, "last");
      awaitLast(client, "", "last");
      assertThat(client.names())
          .as(one.getKey().name())
          .containsExactlyInAnyOrder("/for both", shared + "/last", "/last");
      String everything = new String(client.raw(), StandardCharsets.ISO_8859_1);
      assertThat(everything)
          .as(one.getKey().name())
          .doesNotContain("only-for-ann", "only-ann", "ann.of.isolation")
          .doesNotContain(Base64.getEncoder().encodeToString(secret))
          .doesNotContain(new String(secret, StandardCharsets.ISO_8859_1));
    }
    assertThat(ann.events().stream().map(Received::id).toList())
        .containsExactlyInAnyOrder(
            "id-only-for-ann", "id-only-for-ann", "id-only-for-ann", "for both", "last");
  }

  private static String samePartition(String user) {
    for (int i = 0; ; i++) {
      String other = "bob" + i;
      if (lanes.slots().userPartition(other).equals(lanes.slots().userPartition(user))) {
        return other;
      }
    }
  }

  @Test
  void shouldServeASlowClientWithoutHoldingUpOthers() throws Exception {
    String channel = "slow.channel";
    Target target = target("slow.user", channel);
    try (StuckSubscriber stuck = StuckSubscriber.open(edge.port(), target.token(), channel)) {
      Client quick = connect(ClientKind.SOCKET_PROTO, target);
      byte[] large = new byte[200_000];
      for (int i = 0; i < 60; i++) {
        lanes.toChannel(
            channel,
            Event.newBuilder()
                .setId("e" + i)
                .setContentType("a/b")
                .setData(ByteString.copyFrom(large))
                .build());
      }
      awaitEvents(quick, 60);
      assertThat(of(quick, channel)).isEqualTo(names(channel, 0, 60));

      assertThat(stuck.readIdsUntil("e59")).isEqualTo(ids(60));
    }
  }

  private static List<String> ids(int count) {
    return names("", 0, count).stream().map(name -> name.substring(1)).toList();
  }
}
