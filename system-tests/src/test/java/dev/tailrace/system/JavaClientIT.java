package dev.tailrace.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tailrace.client.Event;
import dev.tailrace.client.HistoryOptions;
import dev.tailrace.client.Publication;
import dev.tailrace.client.State;
import dev.tailrace.client.StateChange;
import dev.tailrace.client.SubscribeOptions;
import dev.tailrace.client.Subscription;
import dev.tailrace.client.Tailrace;
import dev.tailrace.client.TailraceException;
import dev.tailrace.client.TailraceOptions;
import dev.tailrace.client.Transport;
import dev.tailrace.infra.kafka.EmbeddedKafka;
import dev.tailrace.support.config.Settings;
import dev.tailrace.testing.Link;
import dev.tailrace.testing.history.Address;
import dev.tailrace.testing.history.History;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The client for Android and the JVM, at a real edge, through what networks do. */
class JavaClientIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static Platform platform;

  @BeforeAll
  static void start() throws Exception {
    EmbeddedKafka kafka = EmbeddedKafka.start();
    platform =
        Platform.start(
            kafka,
            Settings.of(
                Map.of(
                    "dev",
                    "true",
                    "kafka.bootstrap.servers",
                    kafka.bootstrapServers(),
                    "auth.hmac.secret",
                    SoakTokens.SECRET,
                    "edge.heartbeat",
                    "1s")));
  }

  @AfterAll
  static void stop() {
    if (platform != null) {
      platform.close();
    }
  }

  /** Without long waits. */
  private static TailraceOptions.Builder options() {
    return TailraceOptions.builder()
        .heartbeatMs(1_000)
        .patienceMs(1_000)
        .probeMs(500)
        .backoffMs(100);
  }

  /** Where nothing is in the way: a machine that is slow is not taken for silence. */
  private static TailraceOptions.Builder patient() {
    return options().heartbeatMs(20_000).patienceMs(20_000);
  }

  @Test
  void shouldBringEachEventOnceAndInOrderThroughAllTrouble() throws Exception {
    History history = new History();
    List<String> channels = List.of("java.a", "java.b", "java.c");
    List<List<Address>> turns = new ArrayList<>(List.of(List.of(Address.user("java"))));
    channels.forEach(channel -> turns.add(List.of(Address.channel(channel))));
    try (Link link = new Link(URI.create(platform.baseUrl()).getPort());
        MeddlingProxy proxy = new MeddlingProxy(link.port());
        LoggedProducer producer = new LoggedProducer(platform.bootstrapServers(), history, "java");
        JavaClient client =
            new JavaClient(history.client("java"), proxy.baseUrl(), options(), "java", channels)) {
      producer.sendOn(turns, 2_000);
      client.awaitNews(Transport.WEBSOCKET);
      client.began();

      link.reset();
      client.awaitNews(Transport.WEBSOCKET);

      proxy.refuseSockets(true);
      link.reset();
      client.awaitNews(Transport.STREAM);
      link.reset();
      client.awaitNews(Transport.STREAM);

      proxy.holdStreamsBack(true);
      link.reset();
      client.awaitNews(Transport.POLL);
      link.reset();
      proxy.holdStreamsBack(false);
      client.awaitNews(Transport.STREAM);

      proxy.refuseSockets(false);
      client.awaitNews(Transport.WEBSOCKET);
      link.stall();
      client.awaitTrouble();
      link.heal();
      client.awaitNews(Transport.WEBSOCKET);

      platform.stopEdge();
      client.awaitTrouble();
      platform.startEdge();
      client.awaitNews(Transport.WEBSOCKET);

      client.tailrace().sleep();
      await().atMost(PATIENCE).until(() -> client.tailrace().state() == State.SLEEPING);
      client.tailrace().wake();
      client.awaitNews(Transport.WEBSOCKET);

      producer.stop();
      await("all that Kafka has").atMost(PATIENCE).until(history::isSettled);
      assertThat(history.findings()).isEmpty();
      assertThat(history.gaps()).isEmpty();
      assertThat(client.livedBy()).contains(Transport.WEBSOCKET, Transport.STREAM, Transport.POLL);
      assertThat(client.errors()).contains("not_tailrace", "silent").doesNotContain("internal");
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void shouldSayWhichOfAThousandSubscriptionsAreTooMany(Transport transport) {
    List<TailraceException> refused = new CopyOnWriteArrayList<>();
    List<Event> seen = new CopyOnWriteArrayList<>();
    try (Tailrace tailrace =
        Tailrace.connect(
            platform.baseUrl(), options().user("many").transports(transport).build())) {
      List<Subscription> all = new ArrayList<>();
      for (int i = 0; i < 1_000; i++) {
        all.add(
            tailrace.subscribe(
                "many." + transport + "." + i,
                seen::add,
                SubscribeOptions.builder().onError(refused::add).build()));
      }
      await().atMost(PATIENCE).until(() -> refused.size() == 900);

      assertThat(refused)
          .allMatch(
              error ->
                  error.code().equals("too_many_subscriptions")
                      || error.code().equals("uri_too_long"));
      assertThat(all).filteredOn(one -> !one.isEnded()).hasSize(100);
      publish(tailrace, all.getFirst().channel(), "1");
      await().atMost(PATIENCE).until(() -> seen.size() == 1);
    }
  }

  private static String publish(Tailrace tailrace, String channel, String json) {
    return tailrace
        .publish(Publication.builder().channel(channel).type("tick").json(json).build())
        .orTimeout(60, TimeUnit.SECONDS)
        .join();
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void shouldBeginWithThePastAndGoOnWithThePresent(Transport transport) {
    String channel = "java.past." + transport;
    List<String> data = new CopyOnWriteArrayList<>();
    try (Tailrace tailrace =
        Tailrace.connect(
            platform.baseUrl(), options().user("past").transports(transport).build())) {
      for (int i = 0; i < 5; i++) {
        publish(tailrace, channel, "{\"n\": " + i + "}");
      }
      await("all are dispatched")
          .atMost(PATIENCE)
          .until(() -> events(tailrace, channel, HistoryOptions.defaults()).size() == 5);
      tailrace.subscribe(
          channel, event -> data.add(event.data()), SubscribeOptions.builder().last(3).build());
      await().atMost(PATIENCE).until(() -> data.size() == 3);
      publish(tailrace, channel, "[5]");
      await().atMost(PATIENCE).until(() -> data.size() == 4);

      assertThat(data).last().isEqualTo("[5]");
      assertThat(data).doesNotHaveDuplicates();
      assertThat(events(tailrace, channel, HistoryOptions.defaults().last(2))).hasSize(2);
    }
  }

  private static List<Event> events(Tailrace tailrace, String channel, HistoryOptions options) {
    return tailrace.history(channel, options).orTimeout(60, TimeUnit.SECONDS).join().events();
  }

  @Test
  void shouldSayThatAnEventOf5MbIsTooLarge() {
    String data = "\"" + "x".repeat(5_000_000) + "\"";
    try (Tailrace tailrace =
        Tailrace.connect(platform.baseUrl(), options().user("large").build())) {
      assertThatThrownBy(() -> publish(tailrace, "java.large", data))
          .cause()
          .isInstanceOfSatisfying(
              TailraceException.class,
              error -> assertThat(error.code()).isIn("data_too_large", "body_too_large"));
      assertThat(tailrace.state()).isNotEqualTo(State.CLOSED);
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void shouldEndTheSubscriptionThatIsNotGrantedAndGoOnWithTheOthers(Transport transport) {
    List<TailraceException> refused = new CopyOnWriteArrayList<>();
    try (Tailrace tailrace =
        Tailrace.connect(
            platform.baseUrl(),
            options().token(SoakTokens.of("ada", "java.own")).transports(transport).build())) {
      Subscription own = tailrace.subscribe("java.own", event -> {});
      Subscription others =
          tailrace.subscribe(
              "java.others", event -> {}, SubscribeOptions.builder().onError(refused::add).build());
      await().atMost(PATIENCE).until(() -> !refused.isEmpty());
      await().atMost(PATIENCE).until(() -> tailrace.state() == State.LIVE);

      assertThat(refused).extracting(TailraceException::code).containsExactly("not_granted");
      assertThat(others.isEnded()).isTrue();
      assertThat(own.isEnded()).isFalse();
    }
  }

  /** Of which the edge says at once that it ends. */
  @ParameterizedTest
  @EnumSource(value = Transport.class, names = "POLL", mode = EnumSource.Mode.EXCLUDE)
  void shouldGiveANewTokenToTheConnectionThereIs(Transport transport) {
    List<StateChange> states = new CopyOnWriteArrayList<>();
    AtomicInteger tokens = new AtomicInteger();
    try (Tailrace tailrace =
        Tailrace.connect(
            platform.baseUrl(),
            patient()
                .transports(transport)
                .onState(states::add)
                .token(
                    () -> {
                      Instant now = Instant.now();
                      long seconds = tokens.getAndIncrement() == 0 ? 3 : 3_600;
                      return SoakTokens.of("ada", now, now.plusSeconds(seconds));
                    })
                .build())) {
      await().atMost(PATIENCE).until(() -> tokens.get() == 2);
      List<Event> seen = new CopyOnWriteArrayList<>();
      tailrace.personal(seen::add);
      Publication own = Publication.builder().user("ada").json("1").build();
      tailrace.publish(own).orTimeout(60, TimeUnit.SECONDS).join();
      await().atMost(PATIENCE).until(() -> seen.size() == 1);
      assertThat(states)
          .extracting(StateChange::state)
          .containsExactly(State.CONNECTING, State.LIVE);
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void shouldCloseWithWhatIsWrongWithItsToken(Transport transport) {
    List<TailraceException> errors = new CopyOnWriteArrayList<>();
    try (Tailrace tailrace =
        Tailrace.connect(
            platform.baseUrl(),
            patient().token("no.good.token").transports(transport).onError(errors::add).build())) {
      await().atMost(PATIENCE).until(() -> tailrace.state() == State.CLOSED);
      assertThat(errors).hasSize(1).allSatisfy(error -> assertThat(error.status()).isEqualTo(401));
    }
  }
}
