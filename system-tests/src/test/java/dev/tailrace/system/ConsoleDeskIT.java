package dev.tailrace.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.edge.EdgeServer;
import dev.tailrace.schemas.Topics;
import dev.tailrace.support.config.Settings;
import dev.tailrace.v1.Control;
import dev.tailrace.v1.Drain;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import tools.jackson.databind.JsonNode;

/**
 * What an operator asks one of two edges about both, and has done at both: each action is seen to
 * take effect on a connection of the other edge.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ConsoleDeskIT extends TwoEdges {
  private static final String THIRD = "edge-3";

  @Test
  @Order(1)
  void shouldTellOfAUserAndAChannelAsTheyAreConnected() throws Exception {
    connect(edge, "ann", "views.a", "views.b");
    connect(other, "ann", "views.a");
    connect(other, "bob", "views.a");

    JsonNode ann = awaitAll(console, 2, "user", "ann");
    assertThat(ann.path("connection_count").asInt()).isEqualTo(2);
    assertThat(texts(ann.path("answered"))).contains(process(edge), process(other));
    assertThat(texts(ann.path("missing"))).isEmpty();
    assertThat(ann.path("place").path("lane").asString()).isEqualTo("users");
    assertThat(ann.path("place").path("topic").asString()).isEqualTo(Topics.USERS);
    JsonNode here = of(ann.path("connections"), edge);
    assertThat(here.path("user").asString()).isEqualTo("ann");
    assertThat(here.path("transport").asString()).isEqualTo("sse");
    assertThat(here.path("state").asString()).isEqualTo("live");
    assertThat(here.path("address").asString()).isEqualTo("127.0.0.1");
    assertThat(texts(here.path("channels"))).containsExactlyInAnyOrder("views.a", "views.b");
    assertThat(here.path("channel_count").asInt()).isEqualTo(2);
    assertThat(Instant.parse(here.path("since").asString()))
        .isBetween(Instant.now().minus(PATIENCE), Instant.now());
    assertThat(here.path("readers").size()).isEqualTo(1);
    assertThat(of(ann.path("connections"), other).path("channel_count").asInt()).isEqualTo(1);

    JsonNode channel = awaitAll(otherConsole, 3, "channel", "views.a");
    assertThat(channel.path("connection_count").asInt()).isEqualTo(3);
    assertThat(channel.path("place").path("lane").asString()).isEqualTo("channels");
    assertThat(console.view("channel", "name", "views.b").path("connection_count").asInt())
        .isEqualTo(1);
    assertThat(console.view("user", "name", "nobody").path("connections").size()).isZero();
  }

  /**
   * An edge's first answer may come too late, and so may its first report, by which it is known.
   */
  private static JsonNode awaitAll(OperatorConsole at, int connections, String of, String name) {
    return await("every edge answers")
        .atMost(PATIENCE)
        .until(
            () -> at.view(of, "name", name),
            view -> view.path("connection_count").asInt() == connections);
  }

  @Test
  @Order(2)
  void shouldSayWhichEdgesDidNotAnswer() throws Exception {
    connect(other, "cid", "views.c");
    report("ghost");

    JsonNode channel = console.view("channel", "name", "views.c");

    assertThat(channel.path("connection_count").asInt()).isEqualTo(1);
    assertThat(texts(channel.path("answered"))).contains(process(edge), process(other));
    assertThat(texts(channel.path("missing"))).containsExactly("ghost");
  }

  @Test
  @Order(3)
  void shouldFindAnEventByItsIdAndByItsPlaceAndSayWhoWaitsForIt() throws Exception {
    EventStream honest = connect(edge, "dan", "trace.a");
    RawStream unread = unread(other, "eve", "trace.a");
    fill("trace.a");
    awaitLagging("eve");
    publish(event("goal-1").addChannels("trace.a").addUsers("dan").build());
    await().atMost(PATIENCE).until(() -> has(honest, "goal-1"));

    JsonNode trace =
        await("the other edge has read it")
            .atMost(PATIENCE)
            .until(
                () -> console.view("trace", "event", "goal-1"),
                now -> edge(now.path("deliveries").path(1), other).path("read").asBoolean());
    assertThat(trace.path("found").asBoolean()).isTrue();
    assertThat(trace.path("searched").path("complete").asBoolean()).isTrue();
    assertThat(trace.path("event").path("type").asString()).isEqualTo("goal");
    assertThat(trace.path("event").path("size").asInt()).isEqualTo(2);
    assertThat(trace.path("deliveries").size()).isEqualTo(2);
    JsonNode toUser = trace.path("deliveries").get(0);
    assertThat(toUser.path("lane").asString()).isEqualTo("users");
    assertThat(texts(toUser.path("addresses"))).containsExactly("dan");
    JsonNode toChannel = trace.path("deliveries").get(1);
    assertThat(toChannel.path("lane").asString()).isEqualTo("channels");
    assertThat(toChannel.path("source").path("topic").asString()).isEqualTo(Topics.EVENTS);
    assertWaiting(toChannel);

    JsonNode byPlace =
        otherConsole.view(
            "trace",
            "lane",
            "channels",
            "generation",
            "1",
            "partition",
            toChannel.path("partition").asString(),
            "offset",
            toChannel.path("offset").asString());
    assertThat(byPlace.path("event").path("id").asString()).isEqualTo("goal-1");
    assertWaiting(byPlace.path("deliveries").get(0));

    assertThat(unread.readUntil("goal-1")).as("it reads at last").isTrue();
    await("it has got it")
        .atMost(PATIENCE)
        .until(
            () ->
                edge(console.view("trace", "event", "goal-1").path("deliveries").get(1), other)
                        .path("waiting")
                        .asInt()
                    == 0);
    JsonNode nothing = console.view("trace", "event", "nobody-s", "since", "1h");
    assertThat(nothing.path("found").asBoolean()).isFalse();
    assertThat(nothing.path("searched").path("records").asInt()).isPositive();
  }

  private static void awaitLagging(String user) {
    await("it lags")
        .atMost(PATIENCE)
        .until(
            () -> of(console.view("user", "name", user).path("connections"), other),
            connection -> connection.path("pending_bytes").asLong() > 0);
  }

  private static void assertWaiting(JsonNode delivery) {
    JsonNode here = edge(delivery, edge);
    assertThat(here.path("followers").asInt()).isEqualTo(1);
    assertThat(here.path("delivered").asInt()).isEqualTo(1);
    assertThat(here.path("waiting").asInt()).isZero();
    assertThat(here.path("read").asBoolean()).isTrue();
    assertThat(here.path("connections").get(0).path("delivered").asBoolean()).isTrue();
    JsonNode there = edge(delivery, other);
    assertThat(there.path("followers").asInt()).isEqualTo(1);
    assertThat(there.path("delivered").asInt()).isZero();
    assertThat(there.path("waiting").asInt()).isEqualTo(1);
    assertThat(there.path("read").asBoolean()).as("the edge has it in memory").isTrue();
    JsonNode connection = there.path("connections").get(0);
    assertThat(connection.path("delivered").asBoolean()).isFalse();
    assertThat(connection.path("user").asString()).isEqualTo("eve");
  }

  @Test
  @Order(4)
  void shouldShowDeadLettersWhateverIsInThem() throws Exception {
    String hostile = "<script>alert(1)</script>\u0000\u001b[2J";
    String id = "<img src=x onerror=alert(2)>";
    write(Topics.EVENTS, hostile.getBytes(StandardCharsets.UTF_8));
    write(Topics.EVENTS, new byte[] {0, (byte) 0xff});
    write(Topics.EVENTS, event(id).setType("no type").addUsers("fay").build().toByteArray());

    await().atMost(PATIENCE).until(() -> console.view("dead-letters").path("total").asInt() == 3);

    JsonNode letters = console.view("dead-letters").path("dead_letters");
    assertThat(letters.size()).isEqualTo(3);
    assertThat(letters.get(0).path("reason").asString()).isEqualTo("bad_type");
    assertThat(letters.get(0).path("key").asString()).isEqualTo("<key>");
    assertThat(letters.get(0).path("headers").get(0).path("value").asString()).isEqualTo("<h>");
    assertThat(letters.get(1).path("value").path("base64").asString()).isEqualTo("AP8=");
    assertThat(letters.get(2).path("reason").asString()).isEqualTo("not_an_event");
    assertThat(letters.get(2).path("value").path("text").asString()).isEqualTo(hostile);
    assertThat(letters.get(2).path("source").path("topic").asString()).isEqualTo(Topics.EVENTS);
    assertThat(console.view("dead-letters", "limit", "1").path("dead_letters").get(0))
        .isEqualTo(letters.get(0));
    HttpResponse<String> raw = console.get("dead-letters");
    assertThat(raw.headers().firstValue("content-type")).hasValue("application/json");
    assertThat(raw.headers().firstValue("x-content-type-options")).hasValue("nosniff");
    assertThat(raw.body()).doesNotContain("\u0000").doesNotContain("\u001b");

    JsonNode trace = console.view("trace", "event", id);
    assertThat(trace.path("found").asBoolean()).isTrue();
    assertThat(trace.path("deliveries").size()).isZero();
    assertThat(trace.path("dead_letter").path("offset")).isEqualTo(letters.get(0).path("offset"));
  }

  @Test
  @Order(5)
  void shouldDisconnectAUserOfTheOtherEdgeAndNobodyElse() throws Exception {
    EventStream gil = connect(other, "gil", "acts.a");
    EventStream hal = connect(other, "hal", "acts.a");

    assertThat(console.act("disconnect", "{\"user\":\"gil\",\"reason\":\"<b>\"}"))
        .isEqualTo("user gil is disconnected, and may come back");

    await().atMost(PATIENCE).until(() -> isEnded(gil));
    assertThat(isEnded(hal)).isFalse();
    connect(other, "gil", "acts.a");
  }

  @Test
  @Order(6)
  void shouldRevokeTheTokensOfAUserOfTheOtherEdge() throws Exception {
    Instant issued = Instant.now();
    String token = SoakTokens.of("ian", issued, issued.plusSeconds(600));
    EventStream ian = connect(other, "acts.a", token, 0);
    EventStream hal = connect(other, "hal", "acts.a");

    assertThat(console.act("revoke", "{\"user\":\"ian\",\"expires\":\"24h\"}"))
        .startsWith("revoked: tokens of user ian");

    await().atMost(PATIENCE).until(() -> ian.lines().contains(": revoked"));
    assertThat(hal.lines()).doesNotContain(": revoked");
    await("he is refused").atMost(PATIENCE).until(() -> isRefused(token));
  }

  private boolean isRefused(String token) {
    try {
      connect(other, "acts.a", token, 0);
      return false;
    } catch (AssertionError e) {
      return "status 401".equals(e.getMessage());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  @Order(7)
  void shouldGiveASlotAPartitionOfItsOwnOnce() throws Exception {
    EventStream stream = connect(other, "jan", "acts.hot");
    assertThat(console.view("slots").path("version").asInt()).isEqualTo(1);

    assertThat(console.act("isolate", "{\"channel\":\"acts.hot\"}")).startsWith("slot ");

    await("it is settled")
        .atMost(PATIENCE)
        .until(() -> otherConsole.view("slots").path("settled_version").asInt() == 2);
    JsonNode slots = console.view("slots");
    JsonNode channels = slots.path("lanes").get(1).path("generations");
    assertThat(channels.get(1).path("slots").asInt()).isEqualTo(1);
    assertThat(channels.get(0).path("slots").asInt()).isEqualTo(4_095);
    assertThat(slots.path("moves").get(0).path("settled").isNull()).isFalse();
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                console
                    .view("channel", "name", "acts.hot")
                    .path("place")
                    .path("topic")
                    .asString()
                    .equals(Topics.CHANNELS + ".g2"));
    publish(event("moved").addChannels("acts.hot").build());
    await().atMost(PATIENCE).until(() -> has(stream, "moved"));
    assertThat(OperatorConsole.problem(console.post("isolate", "{\"channel\":\"acts.hot\"}")))
        .isEqualTo("409 refused");
  }

  @Test
  @Order(8)
  void shouldDrainAndStopTheEdgeAndTheRunThatIsNamedAndNoOther() throws Exception {
    Settings settings = settings().with("edge.name", THIRD);
    CountDownLatch told = new CountDownLatch(1);
    try (EdgeServer third = EdgeServer.start(settings, told::countDown);
        OperatorConsole of = new OperatorConsole(third.operatorPort(), TOKEN)) {
      EventStream stays = connect(other, "kim", "acts.a");
      EventStream goes = connect(third, "kim", "acts.a");
      EventStream first = connect(third, "pip", "acts.a");
      String drain = "{\"process\":\"%s\",\"instance\":\"%s\"}";
      for (Drain wrong :
          List.of(drain(THIRD, "another run"), drain(process(other), of.instance()))) {
        String asked = drain.formatted(wrong.getEdge(), wrong.getInstance());
        assertThat(OperatorConsole.problem(console.post("drain", asked))).isEqualTo("409 refused");
        write(Topics.CONTROL, Control.newBuilder().setDrain(wrong).build().toByteArray());
      }
      console.act("disconnect", "{\"user\":\"pip\"}");
      await("what was written before is read").atMost(PATIENCE).until(() -> isEnded(first));
      assertThat(told.getCount()).isEqualTo(1);

      assertThat(console.act("drain", drain.formatted(THIRD, of.instance())))
          .isEqualTo(THIRD + " is told to drain and stop");

      assertThat(told.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      third.drain(longest -> false); // as at SIGTERM: EdgeCommand
      await().atMost(PATIENCE).until(() -> isEnded(goes));
      assertThat(third.connections()).isZero();
      assertThat(isEnded(stays)).isFalse();
    }
    CountDownLatch again = new CountDownLatch(1);
    try (EdgeServer restarted = EdgeServer.start(settings, again::countDown)) {
      connect(restarted, "kim", "acts.a"); // it has read all that was there
      assertThat(again.getCount()).as("it is another run").isEqualTo(1);
    }
  }

  private static Drain drain(String process, String instance) {
    return Drain.newBuilder().setEdge(process).setInstance(instance).build();
  }

  @Test
  @Order(9)
  void shouldDoNothingForThoseWhoMayNot() throws Exception {
    EventStream lea = connect(other, "lea", "acts.a");
    for (String token : List.of("", "console-token-of-this-tesu", "console-token-of-this-tes")) {
      try (OperatorConsole stranger = new OperatorConsole(edge.operatorPort(), token)) {
        for (String view : List.of("user?name=lea", "channel", "trace", "dead-letters", "slots")) {
          assertThat(OperatorConsole.problem(stranger.get(view))).isEqualTo("401 unauthorized");
        }
        for (String action : List.of("disconnect", "revoke")) {
          assertThat(OperatorConsole.problem(stranger.post(action, "{\"everybody\":true}")))
              .isEqualTo("401 unauthorized");
        }
        assertThat(OperatorConsole.problem(stranger.post("isolate", "{\"user\":\"lea\"}")))
            .isEqualTo("401 unauthorized");
        assertThat(
                OperatorConsole.problem(
                    stranger.post(
                        "drain",
                        "{\"process\":\"%s\",\"instance\":\"%s\"}"
                            .formatted(process(other), otherConsole.instance()))))
            .isEqualTo("401 unauthorized");
      }
    }
    publish(event("still").addUsers("lea").build());
    await().atMost(PATIENCE).until(() -> has(lea, "still"));
    assertThat(isEnded(lea)).isFalse();
  }

  @Test
  @Order(10)
  void shouldSayThatAnEventWaitsForADispatcher() throws Exception {
    dispatcher.close();
    try {
      publish(event("late-1").addUsers("moe").build());

      JsonNode trace = console.view("trace", "event", "late-1");

      assertThat(trace.path("found").asBoolean()).isTrue();
      assertThat(trace.path("deliveries").size()).isZero();
      assertThat(trace.path("ingress").path("topic").asString()).isEqualTo(Topics.EVENTS);
      assertThat(trace.path("ingress").path("offset").asLong())
          .isGreaterThanOrEqualTo(trace.path("ingress").path("committed_offset").asLong());
    } finally {
      dispatcher = startDispatcher();
    }
  }

  @Test
  @Order(11)
  void shouldAnswerInTimeWhenKafkaIsGoneAndDoNothing() throws Exception {
    kafka.pause();
    List<Callable<String>> requests =
        List.of(
            () -> OperatorConsole.problem(console.get("user", "name", "ann")),
            () -> OperatorConsole.problem(console.get("channel", "name", "views.a")),
            () -> OperatorConsole.problem(console.get("dead-letters")),
            () -> OperatorConsole.problem(console.get("trace", "event", "goal-1")),
            () -> OperatorConsole.problem(console.post("disconnect", "{\"user\":\"ann\"}")),
            () -> OperatorConsole.problem(console.post("isolate", "{\"user\":\"ann\"}")));
    Instant begun = Instant.now();
    try (ExecutorService all = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<String> answer : all.invokeAll(requests)) {
        assertThat(answer.get()).isEqualTo("503 kafka_unavailable");
      }
    }
    assertThat(Duration.between(begun, Instant.now())).isLessThan(Duration.ofSeconds(20));
    assertThat(console.view("slots").path("version").asInt())
        .as("as it was last known")
        .isPositive();
    assertThat(OperatorConsole.problem(console.get("user", "name", "<b>")))
        .isEqualTo("400 bad_request");
  }
}
