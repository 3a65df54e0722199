package dev.tailrace.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.edge.auth.Tokens;
import dev.tailrace.edge.client.Client;
import dev.tailrace.edge.client.ClientKind;
import dev.tailrace.edge.client.Target;
import dev.tailrace.schemas.Topics;
import dev.tailrace.support.placement.EdgeAnnouncement;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Edges that announce themselves, and clients who ask where to go. */
class LocateIT extends EdgeFixture {
  private static final String A = "https://a.example.com";
  private static final String B = "https://b.example.com";
  private static final String MARK = "https://mark.example.com";
  private static final long LONG_MS = 600_000;
  private static final List<String> USERS =
      IntStream.range(0, 30).mapToObj(i -> "user." + i).toList();

  private static HttpClient http;
  private static Producer<byte[], byte[]> announcements;

  private final Set<String> announced = new HashSet<>();

  @BeforeAll
  static void open() {
    http = HttpClient.newHttpClient();
    announcements =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  @AfterAll
  static void closeAll() {
    announcements.close();
    http.close();
  }

  @AfterEach
  void withdraw() throws Exception {
    for (String id : announced) {
      write(key(id), null);
    }
  }

  @Test
  void shouldSendAUserToTheSameEdgeWhoeverIsAskedUntilThatDrains() throws Exception {
    EdgeServer a = announcing(A);
    EdgeServer b = announcing(B);
    awaitAnswers(List.of(edge, a, b), Set.of(A, B), Set.of(A, B));
    for (String user : USERS) {
      assertThat(locate(a, user)).isEqualTo(locate(edge, user)).isEqualTo(locate(b, user));
    }
    Client before = connect(ClientKind.SSE, target("user.0", "located").at(a.port()));
    write("located", 0, 3);
    awaitEvents(before, 3);

    CountDownLatch hurry = new CountDownLatch(1);
    Thread drain = Thread.startVirtualThread(() -> b.drain(wait -> awaits(hurry, wait)));

    awaitAnswers(List.of(edge, a, b), Set.of(A), Set.of());
    Target there = target("user.0", "located").at(b.port()).from(before.resume());
    Client after = connect(ClientKind.SSE, there);
    write("located", 3, 4);
    awaitEvents(after, 1);
    assertThat(of(after, "located")).as("served where it landed").isEqualTo(List.of("located/e3"));
    hurry.countDown();
    drain.join();

    a.close();
    b.close();

    awaitAnswers(List.of(edge), Set.of(""), Set.of());
  }

  @Test
  void shouldForgetAnEdgeThatSaysNothingForALease() throws Exception {
    announce("mark", MARK, "", LONG_MS);

    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              announce("mute", A, "", 1_000);
              return locate(edge, "user.0").contains(A);
            });

    awaitAnswers(List.of(edge), Set.of(MARK), Set.of());
  }

  @Test
  void shouldNotMindWhatElseIsInTheTopic() throws Exception {
    announce("mark", MARK, "west", LONG_MS);
    awaitAnswers(List.of(edge), Set.of(MARK), Set.of());
    double ignored = ignored();

    write(key("mark"), "no heartbeat".getBytes(StandardCharsets.UTF_8));
    write(key("mark"), bytes("another", A, "", LONG_MS));
    write(key("bad"), bytes("bad", "javascript:alert(1)", "", LONG_MS));
    announce("east", B, "east", LONG_MS);

    awaitAnswers(List.of(edge), Set.of(MARK, B), Set.of(MARK, B));
    assertThat(ignored() - ignored).isEqualTo(3);
    for (String user : USERS) {
      assertThat(locate(edge, user, "&zone=east")).startsWith("{\"url\":\"" + B + "\"");
      assertThat(locate(edge, user, "&zone=west")).startsWith("{\"url\":\"" + MARK + "\"");
    }
  }

  @Test
  void shouldAnswerTheTokensUserOnly() throws Exception {
    HttpResponse<String> own = get(edge, "user.0", "user=user.0");
    assertThat(own.statusCode()).isEqualTo(200);
    // What the test before announced may be on its way out.
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(get(edge, "user.0", "user=user.0").body())
                    .isEqualTo(locate(edge, "user.0")));
    assertThat(own.headers().firstValue("Cache-Control")).hasValue("private, max-age=10");
    assertThat(own.headers().firstValue("Content-Type")).hasValue("application/json");
    assertThat(own.headers().allValues("Vary")).anyMatch(value -> value.contains("Authorization"));

    assertThat(problem(get(edge, "user.0", "user=user.1"))).isEqualTo("403 not_granted");
    assertThat(problem(get(edge, "user.0", "user=%20"))).isEqualTo("400 bad_user");
    assertThat(problem(get(edge, "user.0", "zone=%22"))).isEqualTo("400 bad_zone");
    assertThat(problem(get(edge, null, "zone=west"))).isEqualTo("400 no_user");
    assertThat(problem(send(edge, "/v1/locate?user=user.0"))).isEqualTo("401 missing");
  }

  private static String problem(HttpResponse<String> response) {
    String code = response.body().replaceAll(".*\"code\":\"(\\w+)\".*", "$1");
    return response.statusCode() + " " + code;
  }

  private EdgeServer announcing(String url) {
    return anotherEdge("edge.public.url", url, "edge.lease", "600s", "edge.drain.delay", "60s");
  }

  /** Waits until each of these names exactly these edges, for some user or other. */
  private static void awaitAnswers(
      List<EdgeServer> asked, Set<String> firsts, Set<String> alternatives) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              for (EdgeServer one : asked) {
                Set<String> first = new HashSet<>();
                Set<String> others = new HashSet<>();
                for (String user : USERS) {
                  String answer = locate(one, user);
                  first.add(answer.replaceAll("\\{\"url\":\"([^\"]*)\".*", "$1"));
                  others.addAll(
                      List.of(
                          answer.replaceAll(".*\\[(.*)\\].*", "$1").replace("\"", "").split(",")));
                }
                others.remove("");
                assertThat(first).isEqualTo(firsts);
                assertThat(others).isEqualTo(alternatives);
              }
            });
  }

  private static String locate(EdgeServer asked, String user) throws Exception {
    return locate(asked, user, "");
  }

  private static String locate(EdgeServer asked, String user, String more) throws Exception {
    HttpResponse<String> response = get(asked, user, more);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return response.body();
  }

  private static HttpResponse<String> get(EdgeServer asked, @Nullable String user, String query)
      throws Exception {
    String token = Tokens.subscribing(user);
    return send(asked, "/v1/locate?access_token=" + token + "&" + query);
  }

  private static HttpResponse<String> send(EdgeServer asked, String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + asked.port() + path);
    return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
  }

  private static double ignored() throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + edge.operatorPort() + "/metrics");
    return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
        .body()
        .lines()
        .filter(line -> line.startsWith("tailrace_edge_directory_ignored_records_total "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private void announce(String id, String url, String zone, long leaseMs) throws Exception {
    announced.add(id);
    write(key(id), bytes(id, url, zone, leaseMs));
  }

  private static byte[] bytes(String id, String url, String zone, long leaseMs) {
    long nowMs = System.currentTimeMillis();
    return new EdgeAnnouncement(id, url, zone, 0, Set.of(), false, nowMs, leaseMs).toBytes();
  }

  private static byte[] key(String id) {
    return id.getBytes(StandardCharsets.UTF_8);
  }

  private static void write(byte[] key, byte @Nullable [] value)
      throws ExecutionException, InterruptedException {
    announcements.send(new ProducerRecord<>(Topics.EDGES, key, value)).get();
  }

  private static boolean awaits(CountDownLatch hurry, Duration wait) {
    try {
      return hurry.await(wait.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      return true;
    }
  }
}
