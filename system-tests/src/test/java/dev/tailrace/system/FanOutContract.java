package dev.tailrace.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.SlotMap;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the platform does on any Kafka; the subclasses bring one. */
abstract class FanOutContract {
  /** In no cursor by chance: they have no capitals. */
  private static final String HER = "Ada";

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** The event's, not one inside its data. */
  private static final Pattern ID = Pattern.compile("(?<!\"data\":\\{)\"id\":\"([^\"]*)\"");

  private static final Pattern CURSOR = Pattern.compile("\"cursor\":\"([^\"]*)\"");

  abstract Platform platform();

  @Test
  void shouldDeliverInOrderAndGoOnFromTheCursorAfterACut() throws Exception {
    String url = platform().baseUrl() + "/v1/events?channel=contract.order";
    try (OutsideProducer producer = new OutsideProducer(platform().bootstrapServers())) {
      String cursor;
      List<String> before;
      try (EventStream stream = EventStream.open(url, "")) {
        await().atMost(PATIENCE).until(() -> !stream.cursors().isEmpty());
        for (int i = 0; i < 20; i++) {
          producer.toChannel("contract.order", "a" + i);
        }
        await().atMost(PATIENCE).until(() -> stream.events().size() == 20);
        await().atMost(PATIENCE).until(() -> stream.cursors().size() > 20);
        before = ids(stream.events());
        cursor = stream.cursors().getLast();
      }
      for (int i = 20; i < 40; i++) {
        producer.toChannel("contract.order", "a" + i);
      }
      try (EventStream stream = EventStream.open(url, cursor)) {
        await().atMost(PATIENCE).until(() -> stream.events().size() == 20);
        assertThat(stream.gaps()).isEmpty();
        assertThat(before).isEqualTo(IntStream.range(0, 20).mapToObj(i -> "a" + i).toList());
        assertThat(ids(stream.events()))
            .isEqualTo(IntStream.range(20, 40).mapToObj(i -> "a" + i).toList());
      }
    }
  }

  @Test
  void shouldReachEveryTransport() throws Exception {
    String base = platform().baseUrl();
    Frames frames = new Frames();
    try (HttpClient client = HttpClient.newHttpClient();
        EventStream stream = EventStream.open(base + "/v1/events?channel=contract.all", "")) {
      String polled = get(client, base + "/v1/poll?channel=contract.all");
      WebSocket socket =
          client
              .newWebSocketBuilder()
              .buildAsync(
                  URI.create(base.replace("http", "ws") + "/v1/socket?channel=contract.all"),
                  frames)
              .get();
      await().atMost(PATIENCE).until(() -> !stream.cursors().isEmpty());
      await().atMost(PATIENCE).until(() -> frames.any("\"welcome\""));

      publish(client, base, "{\"channels\":[\"contract.all\"],\"id\":\"one\",\"data\":{\"n\":1}}");

      await().atMost(PATIENCE).until(() -> frames.any("\"id\":\"one\""));
      await().atMost(PATIENCE).until(() -> ids(stream.events()).equals(List.of("one")));
      String answer = get(client, base + "/v1/poll?channel=contract.all&cursor=" + cursor(polled));
      assertThat(ids(List.of(answer))).containsExactly("one");
      socket.abort();
      client.shutdownNow();
    }
  }

  @Test
  void shouldKeepWhatIsMeantForAUserFromOthers() throws Exception {
    String url = platform().baseUrl() + "/v1/events?channel=contract.users&user=";
    try (OutsideProducer producer = new OutsideProducer(platform().bootstrapServers())) {
      String neighbour = neighbourOf(HER, producer.partitions(Lane.USERS.topic()));
      try (EventStream ada = EventStream.open(url + HER, "");
          EventStream grace = EventStream.open(url + neighbour, "")) {
        await()
            .atMost(PATIENCE)
            .until(() -> !ada.cursors().isEmpty() && !grace.cursors().isEmpty());

        producer.toUser(HER, "only-hers");
        producer.toChannel("contract.users", "everybodys");
        await().atMost(PATIENCE).until(() -> ada.events().size() == 2);
        // Behind ada's in the same lane partition: what was to leak has come once this is there.
        producer.toUser(neighbour, "the-last");

        await().atMost(PATIENCE).until(() -> ids(grace.events()).contains("the-last"));
        await().atMost(PATIENCE).until(() -> grace.events().size() >= 2);
        assertThat(ids(ada.events())).containsExactlyInAnyOrder("only-hers", "everybodys");
        assertThat(ids(grace.events())).containsExactlyInAnyOrder("everybodys", "the-last");
        assertThat(grace.lines()).noneMatch(l -> l.contains("only-hers") || l.contains(HER));
      }
    }
  }

  /** Another user whose events lie in the same lane partition. */
  private static String neighbourOf(String user, int partitions) {
    SlotMap slots = SlotMap.initial(partitions, 1);
    return IntStream.range(0, 10_000)
        .mapToObj(i -> "grace-" + i)
        .filter(name -> slots.userPartition(name).equals(slots.userPartition(user)))
        .findFirst()
        .orElseThrow();
  }

  private static String get(HttpClient client, String url) throws Exception {
    HttpResponse<String> response =
        client.send(
            HttpRequest.newBuilder(URI.create(url)).timeout(PATIENCE).build(),
            BodyHandlers.ofString());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return response.body();
  }

  private static void publish(HttpClient client, String base, String json) throws Exception {
    HttpResponse<String> response =
        client.send(
            HttpRequest.newBuilder(URI.create(base + "/v1/publish?user=ada"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json))
                .build(),
            BodyHandlers.ofString());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
  }

  private static List<String> ids(List<String> json) {
    return json.stream().flatMap(text -> ID.matcher(text).results()).map(r -> r.group(1)).toList();
  }

  private static String cursor(String json) {
    Matcher cursor = CURSOR.matcher(json);
    assertThat(cursor.find()).as(json).isTrue();
    return cursor.group(1);
  }

  /** Text frames as they come. */
  private static final class Frames implements WebSocket.Listener {
    private final List<String> texts = new CopyOnWriteArrayList<>();

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
      texts.add(text.toString());
      socket.request(1);
      return null;
    }

    boolean any(String part) {
      return texts.stream().anyMatch(text -> text.contains(part));
    }
  }
}
