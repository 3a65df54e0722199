package dev.tailrace.edge;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import com.nimbusds.jwt.JWTClaimsSet;
import dev.tailrace.edge.auth.Tokens;
import dev.tailrace.edge.client.RawSocket;
import dev.tailrace.v1.Event;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/** Names that clients make up: so many of them, or such as are to be taken for something else. */
class HostileNamesIT extends EdgeFixture {
  private static final int NAMES = 2_000;
  private static final int BATCH = 50;
  private static final int REFUSED_EACH = 10;
  private static final int DELIVERED = 500;
  private static final Pattern VALUE = Pattern.compile(" [^ ]+$");

  /** Ends a line of a log, a header or a stream, and begins another; colours a terminal. */
  private static final String BROKEN = "a\r\nX-Injected: yes\r\n\r\n\u001b[31m\u0000\u0085";

  // ---- thousands

  @Test
  void shouldShowNoMoreSeriesHoweverManyNamesThereAre() throws Exception {
    EdgeServer own = anotherEdge("publish.user.rate", "0");
    String token = granted("reader");
    try (HonestCrowd crowd = HonestCrowd.connect(lanes, own.port(), token, "honest.names");
        RawSocket socket =
            RawSocket.openWide(own.port(), "channel=names.delivered&access_token=" + token)) {
      useNames(own, socket, 0, BATCH);
      crowd.expectNext();
      Set<String> before = series(own);

      useNames(own, socket, BATCH, NAMES);
      crowd.expectNext();

      assertThat(series(own)).isEqualTo(before).noneMatch(line -> line.contains("names"));
    }
  }

  private static void useNames(EdgeServer own, RawSocket socket, int from, int to)
      throws Exception {
    Thread sending = Thread.startVirtualThread(() -> publish(socket, from, to));
    askAsMany(own.port(), from, to);
    for (int i = from; i < Math.min(to, DELIVERED); i++) {
      lanes.toChannel("names.delivered", Event.newBuilder().setType("names-" + i).build());
    }
    int answered = from;
    int delivered = from;
    while (answered < to || delivered < Math.min(to, DELIVERED)) {
      String frame = socket.readPassingPings().text();
      answered += frame.startsWith("{\"published\"") ? 1 : 0;
      delivered += frame.startsWith("{\"event\"") ? 1 : 0;
    }
    sending.join();
  }

  /** Each a channel, an id and a type of its own. */
  private static void publish(RawSocket socket, int from, int to) {
    try {
      for (int i = from; i < to; i++) {
        socket.sendText(
            ("{\"publish\":{\"ref\":%d,\"channel\":\"names.%d\",\"id\":\"names-%d\","
                    + "\"type\":\"names-%d\",\"data\":1}}")
                .formatted(i, i, i, i));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Each as a user of its own that polls a channel; some another, which is not granted. */
  private static void askAsMany(int port, int from, int to) {
    try (Intruder client = Intruder.at("127.0.0.1", port)) {
      for (int sent = from; sent < to; sent += BATCH) {
        for (int i = sent; i < sent + BATCH; i++) {
          String token = Tokens.subscribing("names-" + i, "names.*");
          client.get("/v1/poll?wait=0&channel=names.%d&access_token=%s".formatted(i, token), "");
          if (i % REFUSED_EACH == 0) {
            client.get("/v1/poll?wait=0&channel=no.%d&access_token=%s".formatted(i, token), "");
          }
        }
        for (int i = sent; i < sent + BATCH; i++) {
          assertThat(client.readUntil("}")).startsWith("HTTP/1.1 200 ");
          if (i % REFUSED_EACH == 0) {
            assertThat(client.readUntil("}")).startsWith("HTTP/1.1 403 ");
          }
        }
      }
    }
  }

  /** What the edge counts itself; Kafka's clients have some for each topic. */
  private static Set<String> series(EdgeServer of) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + of.operatorPort() + "/metrics");
      return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
          .body()
          .lines()
          .filter(line -> line.startsWith("tailrace_"))
          .map(line -> VALUE.matcher(line).replaceAll(""))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  // ---- broken ones

  @Test
  void shouldWriteNoNameRawIntoALineOrAHeader() throws Exception {
    Logger root = (Logger) LoggerFactory.getLogger("dev.tailrace");
    Level level = root.getLevel();
    Lines lines = new Lines();
    lines.setContext(root.getLoggerContext());
    lines.start();
    root.addAppender(lines);
    root.setLevel(Level.TRACE);
    String token = granted("names");
    try (HonestCrowd crowd = HonestCrowd.connect(lanes, edge.port(), token, "honest.broken")) {
      for (String request : requests(token)) {
        try (Intruder client = Intruder.at("127.0.0.1", edge.port())) {
          client.send(request.getBytes(StandardCharsets.UTF_8));
          String answer = client.readUntil(": tailrace\n"); // or to its end
          assertThat(answer).as(request).startsWith("HTTP/1.1 ").satisfies(this::isWhole);
        }
      }
      try (RawSocket socket = RawSocket.openWide(edge.port(), "access_token=" + token)) {
        for (String frame : frames()) {
          socket.sendText(frame);
        }
        socket.sendText("{\"ping\":{\"ref\":1}}");
        String answer = socket.readPassingPings().text();
        while (!answer.contains("pong")) {
          isWhole(answer);
          answer = socket.readPassingPings().text();
        }
      }
      readABrokenId(token);
      crowd.expectNext();
    } finally {
      root.setLevel(level);
      root.detachAppender(lines);
    }
    assertThat(lines.written).isNotEmpty().allSatisfy(this::isWhole);
  }

  /** Nothing of it stands where a line begins, and nothing that a terminal would obey. */
  private void isWhole(String text) {
    assertThat(text)
        .doesNotContainPattern("[\r\n\u0085]X-Injected")
        .doesNotContain("\u001b", "\u0000");
  }

  /** What other producers have written to Kafka reaches a stream, and stays one value there. */
  private void readABrokenId(String token) throws Exception {
    for (String path : List.of("/v1/events?", "/v1/events?format=data&", "/v1/socket?")) {
      try (Intruder client = Intruder.at("127.0.0.1", edge.port())) {
        client.get(path + "channel=names.broken&access_token=" + token, "");
        client.readUntil("tailrace.cursor", "welcome");
        lanes.toChannel(
            "names.broken",
            Event.newBuilder()
                .setId(BROKEN)
                .setConflationKey(BROKEN)
                .putAttributes(BROKEN, BROKEN)
                .build());
        lanes.toChannel("names.broken", event("last"));
        isWhole(client.readUntil("\"last\""));
      }
    }
  }

  private static List<String> requests(String token) {
    String name = URLEncoder.encode(BROKEN, StandardCharsets.UTF_8);
    String signed = "&access_token=" + token;
    List<String> paths = new ArrayList<>();
    for (String path : List.of("/v1/events", "/v1/poll", "/v1/history", "/v1/socket")) {
      for (String parameter :
          List.of("channel", "cursor", "since", "last", "format", "wait", "limit", "max_rate")) {
        paths.add(path + "?wait=0&" + parameter + "=" + name + signed);
      }
      paths.add(path + "?access_token=" + name);
      paths.add(path + "?" + name + "=" + name + signed);
    }
    paths.add("/v1/" + name.replace("+", "%20") + "?" + signed);
    paths.add("/v1/locate?user=" + name + "&zone=" + name + signed);
    paths.add("/v1/events?access_token=" + granted(BROKEN));
    List<String> requests = new ArrayList<>();
    for (String path : paths) {
      requests.add(request("GET", path, ""));
    }
    String controls = BROKEN.replace("\r\n", "\r");
    for (String header :
        List.of("Origin", "Last-Event-ID", "Authorization", "Cookie", "If-None-Match", "Host")) {
      requests.add(request("GET", "/v1/poll?wait=0" + signed, header + ": " + controls + "\r\n"));
    }
    for (String member : List.of("id", "type", "content_type", "conflation_key", "ttl", "time")) {
      requests.add(post(token, "{\"channels\":[\"a\"],\"%s\":%s}".formatted(member, json())));
    }
    requests.add(post(token, "{\"channels\":[%s]}".formatted(json())));
    requests.add(post(token, "{\"users\":[%s]}".formatted(json())));
    requests.add(post(token, "{%s:1}".formatted(json())));
    requests.add(post(token, BROKEN));
    requests.add(post(token, BROKEN).replace("application/json", "application/x-protobuf"));
    return requests;
  }

  private static String request(String method, String path, String more) {
    String upgrade =
        path.startsWith("/v1/socket")
            ? "Upgrade: websocket\r\nConnection: Upgrade, close\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: bad\r\n" // it is not to be opened
            : "Connection: close\r\n";
    return method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n" + upgrade + more + "\r\n";
  }

  private static String post(String token, String body) {
    int length = body.getBytes(StandardCharsets.UTF_8).length;
    return request(
            "POST",
            "/v1/publish?access_token=" + token,
            "Content-Type: application/json\r\nContent-Length: " + length + "\r\n")
        + body;
  }

  private static List<String> frames() {
    List<String> frames = new ArrayList<>();
    for (String member : List.of("channel", "cursor", "since")) {
      frames.add(
          "{\"subscribe\":{\"channel\":\"a\",\"%s\":%s}}"
              .formatted(member, json())
              .replace("\"channel\":\"a\",\"channel\"", "\"channel\""));
    }
    frames.add("{\"unsubscribe\":{\"channel\":%s}}".formatted(json()));
    for (String member : List.of("channel", "user", "id", "type", "content_type", "ttl")) {
      String address = member.equals("channel") || member.equals("user") ? "" : ",\"user\":\"a\"";
      frames.add("{\"publish\":{\"%s\":%s%s,\"data\":1}}".formatted(member, json(), address));
    }
    frames.add("{\"auth\":{\"token\":%s}}".formatted(json()));
    frames.add("{\"subscribe\":{%s:1}}".formatted(json()));
    frames.add("{%s:{}}".formatted(json()));
    return frames;
  }

  private static String json() {
    return JsonMapper.shared().writeValueAsString(BROKEN);
  }

  private static String granted(String user) {
    return Tokens.of(
        new JWTClaimsSet.Builder()
            .subject(user)
            .claim("subscribe", List.of("*"))
            .claim("publish", List.of("*", "$user/*"))
            .build());
  }

  /** Keeps what is logged, as it would be written. */
  private static final class Lines extends AppenderBase<ILoggingEvent> {
    private final Queue<String> written = new ConcurrentLinkedQueue<>();

    @Override
    protected void append(ILoggingEvent event) {
      written.add(
          event.getFormattedMessage()
              + (event.getThrowableProxy() == null
                  ? ""
                  : ThrowableProxyUtil.asString(event.getThrowableProxy())));
    }
  }
}
