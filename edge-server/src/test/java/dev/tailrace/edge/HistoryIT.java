package dev.tailrace.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.edge.auth.Tokens;
import dev.tailrace.schemas.Lane;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code GET /v1/history}. */
class HistoryIT extends EdgeFixture {
  private static final String TOKEN = Tokens.subscribing("history.user", "history.*");

  private static final String OLD = "history.old";
  private static Instant longAgo = Instant.EPOCH;

  private final HttpClient http = HttpClient.newHttpClient();

  /**
   * Events of an hour ago, a minute apart. They are written before all others: a lane's times rise.
   */
  @BeforeAll
  static void writeOldEvents() throws Exception {
    setOldestAccepted(Duration.ofDays(1));
    longAgo = Instant.now().minus(Duration.ofHours(1)).truncatedTo(ChronoUnit.SECONDS);
    await("the broker takes so old a record")
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(
            () -> {
              lanes.toChannel(OLD, event("old0"), longAgo);
              return true;
            });
    for (int i = 1; i < 4; i++) {
      lanes.toChannel(OLD, event("old" + i), longAgo.plus(Duration.ofMinutes(i)));
    }
  }

  /** A lane takes no record that is older than some seconds. */
  private static void setOldestAccepted(Duration age) throws Exception {
    ConfigEntry oldest =
        new ConfigEntry("message.timestamp.before.max.ms", Long.toString(age.toMillis()));
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      admin
          .incrementalAlterConfigs(
              Map.of(
                  new ConfigResource(ConfigResource.Type.TOPIC, Lane.CHANNELS.topic()),
                  List.of(new AlterConfigOp(oldest, AlterConfigOp.OpType.SET))))
          .all()
          .get();
    }
  }

  /** A query for what was written from one minute to another, both fixed. */
  private static String closed(int fromMinute, int untilMinute) {
    return "channel=%s&since=%s&until=%s"
        .formatted(
            OLD,
            longAgo.plus(Duration.ofMinutes(fromMinute)),
            longAgo.plus(Duration.ofMinutes(untilMinute)));
  }

  @Test
  void shouldGiveTheLastEventsWithoutAPosition() throws Exception {
    String channel = "history.plain";
    write(channel, 0, 7);

    JsonNode all = json(get("channel=" + channel));
    JsonNode few = json(get("channel=" + channel + "&limit=3"));

    assertThat(ids(all)).containsExactly("e0", "e1", "e2", "e3", "e4", "e5", "e6");
    assertThat(all.path("more").asBoolean(true)).isFalse();
    assertThat(all.path("gaps")).isEmpty();
    assertThat(ids(few)).containsExactly("e4", "e5", "e6");
  }

  @ParameterizedTest
  @CsvSource({"since=1h", "since=earliest", "cursor=earliest", "last=50"})
  void shouldGiveAllPageByPage(String start) throws Exception {
    String channel = "history.pages." + start.replace('=', '.');
    write(channel, 0, 12);
    List<String> all = new ArrayList<>();
    String query = "channel=" + channel + "&limit=5&";
    JsonNode page = json(get(query + start));
    int pages = 1;
    all.addAll(ids(page));
    while (page.path("more").asBoolean(false) && pages < 10) {
      page = json(get(query + "cursor=" + page.path("cursor").asString()));
      all.addAll(ids(page));
      pages++;
    }

    assertThat(all).hasSize(12).startsWith("e0").endsWith("e11").doesNotHaveDuplicates();
    assertThat(pages).isEqualTo(3);
    JsonNode end = json(get(query + "cursor=" + page.path("cursor").asString()));
    assertThat(ids(end)).isEmpty();
    assertThat(end.path("more").asBoolean(true)).isFalse();
  }

  @Test
  void shouldEndBeforeATime() throws Exception {
    String channel = "history.until";
    write(channel, 0, 3);
    Thread.sleep(20); // the records' times are told apart by milliseconds
    Instant moment = Instant.now();
    Thread.sleep(20);
    write(channel, 3, 6);

    JsonNode before = json(get("channel=" + channel + "&since=1h&until=" + moment));
    JsonNode last = json(get("channel=" + channel + "&last=2&until=" + moment));
    JsonNode after = json(get("channel=" + channel + "&since=" + moment));

    assertThat(ids(before)).containsExactly("e0", "e1", "e2");
    assertThat(before.path("more").asBoolean(true)).isFalse();
    assertThat(ids(last)).containsExactly("e1", "e2");
    assertThat(ids(after)).containsExactly("e3", "e4", "e5");
  }

  @Test
  void shouldLetAClosedRangeBeKeptAndKnowItAgain() throws Exception {
    HttpResponse<String> first = get(closed(0, 3));
    HttpResponse<String> other = get(closed(1, 3));
    HttpResponse<String> again = get(closed(0, 3), "If-None-Match", tag(first));
    HttpResponse<String> changed = get(closed(1, 3), "If-None-Match", tag(first));
    HttpResponse<String> open = get("channel=" + OLD + "&since=3h");

    assertThat(first.statusCode()).isEqualTo(200);
    assertThat(ids(json(first))).containsExactly("old0", "old1", "old2");
    assertThat(first.headers().firstValue("Cache-Control").orElse("")).contains("immutable");
    assertThat(again.statusCode()).isEqualTo(304);
    assertThat(again.body()).isEmpty();
    assertThat(tag(again)).isEqualTo(tag(first));
    assertThat(ids(json(other))).containsExactly("old1", "old2");
    assertThat(tag(other)).isNotEqualTo("none").isNotEqualTo(tag(first));
    assertThat(changed.statusCode()).isEqualTo(200);
    assertThat(changed.body()).isEqualTo(other.body());
    assertThat(ids(json(open))).containsExactly("old0", "old1", "old2", "old3");
    assertThat(open.headers().firstValue("ETag")).isEmpty();
    assertThat(open.headers().firstValue("Cache-Control").orElse("")).contains("no-store");
  }

  @Test
  void shouldGiveAUserTheirOwnWhenItNamesNoChannel() throws Exception {
    lanes.toUser("history.user", event("own"));
    lanes.toUser("history.other", event("not.own"));
    write("history.named", 0, 1);

    assertThat(ids(json(get("since=earliest")))).containsExactly("own");
    assertThat(ids(json(get("since=earliest&channel=history.named")))).containsExactly("e0");
  }

  @Test
  void shouldGiveAnEventThatIsTooLongToBeCopied() throws Exception {
    String channel = "history.long";
    String data = "\"" + "x".repeat(200_000) + "\"";
    for (int i = 0; i < 3; i++) {
      lanes.toChannel(
          channel,
          event("long" + i).toBuilder()
              .setData(com.google.protobuf.ByteString.copyFromUtf8(data))
              .build());
    }
    List<String> all = new ArrayList<>();
    String position = "since=earliest";
    JsonNode page;
    do {
      page = json(get("channel=" + channel + "&" + position));
      all.addAll(ids(page));
      position = "cursor=" + page.path("cursor").asString();
    } while (page.path("more").asBoolean(false));

    assertThat(all).containsExactly("long0", "long1", "long2");
  }

  @ParameterizedTest
  @CsvSource({
    "channel=history.a&limit=0, 400, bad_limit",
    "channel=history.a&limit=1001, 400, bad_limit",
    "channel=history.a&until=tomorrow, 400, bad_until",
    "channel=history.a&since=5y, 400, bad_since",
    "channel=history.a&last=0, 400, bad_last",
    "channel=history.a&cursor=?, 400, bad_cursor",
    "channel=no name, 400, bad_channel",
    "channel=forbidden, 403, not_granted",
  })
  void shouldSayWhatIsWrong(String query, int status, String code) throws Exception {
    HttpResponse<String> response = get(query.replace(" ", "%20").replace("?", "%3F"));

    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(json(response).path("code").asString()).isEqualTo(code);
  }

  @Test
  void shouldSayThatThereIsNothingToGiveToNobody() throws Exception {
    HttpResponse<String> response =
        http.send(
            HttpRequest.newBuilder(uri("since=1h"))
                .header("Authorization", "Bearer " + Tokens.subscribing(null, "history.*"))
                .build(),
            BodyHandlers.ofString());

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(json(response).path("code").asString()).isEqualTo("no_channel");
  }

  private HttpResponse<String> get(String query, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(query)).header("Authorization", "Bearer " + TOKEN);
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), BodyHandlers.ofString());
  }

  private static URI uri(String query) {
    return URI.create("http://127.0.0.1:%d/v1/history?%s".formatted(edge.port(), query));
  }

  private static String tag(HttpResponse<String> response) {
    return response.headers().firstValue("ETag").orElse("none");
  }

  private static JsonNode json(HttpResponse<String> response) {
    return JsonMapper.shared().readTree(response.body());
  }

  private static List<String> ids(JsonNode answer) {
    List<String> ids = new ArrayList<>();
    answer.path("events").forEach(event -> ids.add(event.path("id").asString()));
    return ids;
  }
}
