package dev.tailrace.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.system.Follower.Transport;
import dev.tailrace.testing.history.Address;
import dev.tailrace.testing.history.Finding.Lost;
import dev.tailrace.testing.history.History;
import dev.tailrace.testing.history.ToldGap;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * Two dozen clients of all transports, half of them at one edge and half at the other, who follow
 * channels that overlap; those who publish all the while, one to Kafka and one at the edges; and
 * the history of it all.
 *
 * <p>Threading: one test thread.
 */
public final class Crowd implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(300);
  private static final List<Transport> TRANSPORTS =
      List.of(Transport.SSE, Transport.SOCKET, Transport.POLL);
  private static final int CLIENTS = 24;
  private static final int USERS = 12;
  private static final int CHANNELS = 8;
  private static final long EVERY_US = 8_000;

  /** So many at an address say that events come there again. */
  private static final int A_FEW = 2;

  private static final long PUBLISH_EVERY_MS = 40;

  private final History history = new History();
  private final String name;
  private final LoggedProducer producer;
  private final LoggedPublisher publisher;
  private final List<HttpClient> http =
      List.of(
          HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build(),
          HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build());
  private final List<RoamingClient> clients = new ArrayList<>();

  /** Connects all, under names of its own, and begins to publish. */
  public Crowd(String name, String bootstrapServers, List<String> edges) {
    this(name, bootstrapServers, edges, EVERY_US);
  }

  /** The same, with an event to Kafka each so many microseconds. */
  Crowd(String name, String bootstrapServers, List<String> edges, long everyUs) {
    this(name, bootstrapServers, edges, everyUs, Identities.BY_NAME);
  }

  /** The same, who say in this way who they are. */
  public Crowd(
      String name,
      String bootstrapServers,
      List<String> edges,
      long everyUs,
      UnaryOperator<String> identity) {
    this.name = name;
    producer = new LoggedProducer(bootstrapServers, history, name);
    for (int i = 0; i < CLIENTS; i++) {
      Transport transport = TRANSPORTS.get(i % TRANSPORTS.size());
      clients.add(
          RoamingClient.start(
              transport,
              http.get(i / 6 % 2),
              history.client("client %d by %s".formatted(i, transport)),
              user(i),
              identity,
              List.of(channel(i), channel(i + 1), channel(i + 3)),
              edges,
              i % 2));
    }
    producer.sendOn(turns(), everyUs);
    publisher =
        new LoggedPublisher(
            http.getFirst(),
            history,
            name + "-http",
            identity,
            edges,
            turns().stream().map(List::getFirst).toList(),
            PUBLISH_EVERY_MS);
  }

  private String channel(int number) {
    return name + ".c" + number % CHANNELS;
  }

  private String user(int number) {
    return name + ".u" + number % USERS;
  }

  /** All addresses one by one, and some at once. */
  private List<List<Address>> turns() {
    Address everybody = Address.channel(RoamingSight.BROADCAST);
    List<List<Address>> turns = new ArrayList<>();
    IntStream.range(0, CHANNELS).forEach(i -> turns.add(List.of(Address.channel(channel(i)))));
    IntStream.range(0, USERS).forEach(i -> turns.add(List.of(Address.user(user(i)))));
    turns.add(List.of(everybody));
    turns.add(List.of(Address.channel(channel(0)), Address.channel(channel(1)), everybody));
    turns.add(List.of(Address.user(user(0)), Address.user(user(1)), Address.channel(channel(2))));
    return turns;
  }

  List<RoamingClient> clients() {
    return clients;
  }

  /** Waits until this holds for each client. */
  void awaitAll(String what, Predicate<RoamingClient> condition) {
    await(what)
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(clients)
                    .filteredOn(condition.negate())
                    .extracting(client -> client.log().name())
                    .isEmpty());
  }

  /** Waits until each client has got so many more events. */
  public void awaitNews(int count) {
    List<Long> before = clients.stream().map(client -> client.log().seen()).toList();
    awaitAll(
        count + " more events each",
        client -> client.log().seen() >= before.get(clients.indexOf(client)) + count);
  }

  /** Waits until each client has got events, from now on, at each of its addresses. */
  public void awaitNewsEverywhere() {
    long nowNs = System.nanoTime();
    awaitAll(
        "events at each address",
        client ->
            client.sight().sightings().fewestSince(client.sight().addresses(), nowNs) >= A_FEW);
  }

  /** The longest time in which no event came to a client at one of its addresses. */
  public Duration longestSilence(long fromNs, long toNs) {
    return Duration.ofNanos(
        clients.stream()
            .map(RoamingClient::sight)
            .mapToLong(sight -> sight.sightings().longestSilence(sight.addresses(), fromNs, toNs))
            .max()
            .orElse(0));
  }

  /** How many events came to clients in each of so many spans of time from a moment on. */
  public List<Integer> deliveries(long fromNs, Duration span, int spans) {
    int[] counts = new int[spans];
    for (RoamingClient client : clients) {
      for (long moment : client.sight().sightings().moments()) {
        long at = Math.floorDiv(moment - fromNs, span.toNanos());
        if (at >= 0 && at < spans) {
          counts[(int) at]++;
        }
      }
    }
    return Arrays.stream(counts).boxed().toList();
  }

  /** How often clients were let in, all together. */
  public int timesOpened() {
    return clients.stream().mapToInt(RoamingClient::timesOpened).sum();
  }

  /** How many clients there are. */
  public int size() {
    return clients.size();
  }

  /** Whether all clients are connected. */
  public boolean isOpen() {
    return clients.stream().allMatch(RoamingClient::isOpen);
  }

  /** Whoever is at this edge leaves it, as one that hears nothing any more, for the next. */
  public void leave(String edge) {
    clients.stream().filter(client -> client.isOpenAt(edge)).forEach(RoamingClient::moveOn);
  }

  /** Whoever is connected leaves, and goes on at the next edge. */
  public void hop() {
    clients.stream().filter(RoamingClient::isOpen).forEach(RoamingClient::moveOn);
  }

  /** Publishes one last event to each address, waits for what is due, and judges it all. */
  public void assertWhole() throws InterruptedException {
    assertWholeOrTold();
    assertThat(history.gaps()).isEmpty();
  }

  /** The same, where gaps may be told. */
  public void assertWholeOrTold() throws InterruptedException {
    publisher.stop();
    producer.stop();
    turns().forEach(producer::send);
    producer.flush();
    await("all has come")
        .pollInterval(LOOK_AGAIN)
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(history.findings())
                    .noneMatch(finding -> finding instanceof Lost lost && lost.isAtTheEnd()));
    assertThat(history.findings()).isEmpty();
    assertThat(clients).flatExtracting(RoamingClient::faults).isEmpty();
  }

  /** The reasons of the gaps that were told so far. */
  public List<String> gapReasons() {
    return history.gaps().stream().map(ToldGap::reason).toList();
  }

  @Override
  public void close() {
    publisher.close();
    producer.close();
    clients.forEach(RoamingClient::close);
    http.forEach(HttpClient::shutdownNow);
  }
}
