package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tailrace.cli.ScriptedConsole.WebSocketEnd;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a server that says, request by request, what an edge might. */
class SubscribeCommandTest {
  private record Answer(int status, String body) {}

  private final Deque<Answer> answers = new ArrayDeque<>();
  private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
  private HttpServer server;

  @BeforeEach
  void startServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void stopServer() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    requests.add(
        exchange.getRequestURI()
            + " "
            + exchange.getRequestHeaders().getFirst("Last-Event-ID")
            + " "
            + exchange.getRequestHeaders().getFirst("Authorization"));
    Answer answer = answers.isEmpty() ? new Answer(500, "nothing left") : answers.remove();
    byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(answer.status(), body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private CommandRun subscribe(String... arguments) {
    List<String> all = new ArrayList<>(List.of("subscribe", "--channel", "scores"));
    all.add("--url=http://127.0.0.1:" + server.getAddress().getPort());
    all.addAll(List.of(arguments));
    return CommandRun.of(all.toArray(String[]::new));
  }

  @Test
  void shouldGoOnFromTheLastCursorAfterACut() {
    answers.add(
        new Answer(
            200,
            "retry: 1\nid: t~c1-0.1\nevent: tailrace.cursor\ndata: {}\n\n"
                + ": nothing\n\ndata: {\"n\":1}\nid: t~c1-0.2\n\ndata: {\"half\"\n"));
    answers.add(
        new Answer(
            200,
            "event: tailrace.gap\ndata: {\"reason\":\"retention\"}\n\n"
                + "data:{\"n\":2}\r\nid:t~c1-0.3\r\n\r\n"));

    CommandRun run = subscribe("--count", "2", "--cursor", "t~c1-0.0");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.outLines()).containsExactly("{\"n\":1}", "{\"n\":2}");
    assertThat(run.err()).contains("gap: {\"reason\":\"retention\"}", "--cursor t~c1-0.3");
    assertThat(requests)
        .containsExactly(
            "/v1/events?channel=scores&cursor=t%7Ec1-0.0 null null",
            "/v1/events?channel=scores&cursor=t%7Ec1-0.0 t~c1-0.2 null");
  }

  @Test
  void shouldTellOfARevokedChannelAndGiveUpWhenTheTokenIsRevokedToo() {
    answers.add(
        new Answer(
            200,
            "event: tailrace.error\n"
                + "data: {\"code\":\"not_granted\"}\n"
                + "id: t~c1-0.1\n\n"
                + ": revoked\n\n"));
    answers.add(new Answer(401, "{\"code\":\"revoked\"}"));

    CommandRun run = subscribe("--token", "s3cret");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .contains(
            "error: {\"code\":\"not_granted\"}", "the edge answers 401 {\"code\":\"revoked\"}");
  }

  /** The HTTP client would say all of it. */
  @Test
  void shouldNotShowATokenThatNoHeaderMayHold() {
    for (String token : List.of("s3cret\ns3cret", "s3cret\u0000", "s3cret\u00e9")) {
      CommandRun run = subscribe("--token", token);

      assertThat(run.exitCode()).isEqualTo(2);
      assertThat(run.err()).contains("the token holds what no header may hold");
      assertThat(run.out() + run.err()).doesNotContain("s3cret");
    }
    assertThat(requests).isEmpty();
  }

  @Test
  void shouldPollFromTheCursorThatTheAnswerBefore() {
    answers.add(new Answer(200, "{\"cursor\":\"t~c1-0.1\",\"gaps\":[],\"events\":[]}"));
    answers.add(
        new Answer(
            200,
            "{\"cursor\":\"t~c1-0.3\",\"gaps\":[{\"reason\":\"budget\"}],"
                + "\"events\":[{\"n\":1},{\"n\":2}]}"));

    CommandRun run = subscribe("--transport", "poll", "--count", "2", "--user", "a b");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.outLines()).containsExactly("{\"n\":1}", "{\"n\":2}");
    assertThat(run.err()).contains("gap: {\"reason\":\"budget\"}");
    assertThat(requests)
        .containsExactly(
            "/v1/poll?channel=scores&wait=25&user=a+b null null",
            "/v1/poll?channel=scores&cursor=t%7Ec1-0.1&wait=25&user=a+b null null");
  }

  @Test
  void shouldBringItsTokenAndNotPrintIt() {
    answers.add(new Answer(200, "data: 1\nid: t~c1-0.1\n\n"));

    CommandRun run = subscribe("--token", "s3cret", "--count", "1");

    assertThat(requests).containsExactly("/v1/events?channel=scores null Bearer s3cret");
    assertThat(run.out() + run.err()).doesNotContain("s3cret");
  }

  @Test
  void shouldSendNoTerminalWhatItWouldObey() {
    String bad = "a\u007f\u009b2J\u202e";
    answers.add(
        new Answer(
            200,
            "data: {\"n\":1.50e3,\ndata: \"x\":\"%1$s\"}\nid: t~c1-0.1\n\nevent: tailrace.gap\ndata: %1$s\n\n"
                .formatted(bad)));
    answers.add(new Answer(403, bad));

    CommandRun run = subscribe();

    assertThat(run.outLines())
        .containsExactly("{\"n\":1.50e3, \"x\":\"a\\u007f\\u009b2J\\u202e\"}");
    assertThat(run.err())
        .contains("gap: a\\u007f\\u009b2J\\u202e", "answers 403 a\\u007f\\u009b2J\\u202e")
        .doesNotContainPattern("[\\u007f\\u009b\\u202e]");
    assertThat(CommandRun.of("subscribe", "--nothing=" + bad).err())
        .doesNotContainPattern("[\\u007f\\u009b\\u202e]");
  }

  @Test
  void shouldEndWhenTheEdgeRefuses() {
    answers.add(new Answer(403, "{\"title\":\"not granted\"}"));

    CommandRun run = subscribe();

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("403", "not granted");
    assertThat(requests).hasSize(1);
  }

  @Test
  void shouldTryAgainWhenTheEdgeIsBusy() {
    answers.add(new Answer(200, "data: 1\nid: t~c1-0.1\n\n"));
    answers.add(new Answer(503, "draining"));
    answers.add(new Answer(200, "data: 2\nid: t~c1-0.2\n\n"));

    CommandRun run = subscribe("--count", "2");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.outLines()).containsExactly("1", "2");
  }

  @Test
  void shouldSayHowToStartAnEdgeWhenNoneListens() {
    server.stop(0);

    CommandRun run = subscribe("--transport", "websocket");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("./tailrace dev");
  }

  @Test
  void shouldEndWhenASocketIsRefused() {
    answers.add(new Answer(401, ""));

    CommandRun run = subscribe("--transport", "websocket", "--token", "expired");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("401");
  }

  @Test
  void shouldTakeChannelsAsParametersAndBeginInThePast() {
    answers.add(new Answer(200, "data: 1\nid: t~c1-0.1\n\n"));
    answers.add(new Answer(200, "data: 2\nid: t~c1-0.2\n\n"));

    CommandRun run = subscribe("chat", "scores", "--since", "5m", "--count", "2");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(requests)
        .containsExactly(
            "/v1/events?channel=chat&channel=scores&since=5m null null",
            "/v1/events?channel=chat&channel=scores&since=5m t~c1-0.1 null");
  }

  @Test
  void shouldBeginInThePastOnceWhenItPolls() {
    answers.add(new Answer(200, "{\"cursor\":\"t~c1-0.1\",\"events\":[{\"n\":1}]}"));
    answers.add(new Answer(200, "{\"cursor\":\"t~c1-0.2\",\"events\":[{\"n\":2}]}"));

    CommandRun run = subscribe("--transport=poll", "--last", "20", "--count", "2");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(requests)
        .containsExactly(
            "/v1/poll?channel=scores&last=20&wait=25 null null",
            "/v1/poll?channel=scores&cursor=t%7Ec1-0.1&wait=25 null null");
  }

  @Test
  void shouldBeginInThePastOverAWebSocketToo() throws Exception {
    List<String> frames = Collections.synchronizedList(new ArrayList<>());
    try (ScriptedConsole edge =
        ScriptedConsole.live(
            socket -> {
              WebSocketEnd.send(socket, "{\"welcome\":{\"cursor\":\"t~u1-0.1\"}}");
              frames.add(WebSocketEnd.read(socket));
              WebSocketEnd.send(
                  socket,
                  "{\"event\":{\"channel\":\"scores\",\"data\":\"\\u001b[2J\",\"cursor\":\"t~c1-0.2\"}}");
              ScriptedConsole.stay(socket);
            })) {
      CommandRun run =
          CommandRun.of(
              "subscribe",
              "scores",
              "--transport=websocket",
              "--user=42",
              "--since=2026-11-30T12:00:00Z",
              "--output=text",
              "--count=1",
              "--url=" + edge.url());

      assertThat(run.exitCode()).as(run.err()).isZero();
      assertThat(run.outLines()).containsExactly("-  scores  -  \\u001b[2J");
      assertThat(edge.requests())
          .containsExactly("/v1/socket?since=2026-11-30T12%3A00%3A00Z&user=42");
      assertThat(frames)
          .containsExactly(
              "{\"subscribe\":{\"ref\":1,\"channel\":\"scores\",\"since\":\"2026-11-30T12:00:00Z\"}}");
    }
  }

  @Test
  void shouldPrintTextForPeople() {
    answers.add(
        new Answer(
            200,
            "data:"
                + " {\"time\":\"12:00\",\"channel\":\"scores\",\"type\":\"goal\",\"data\":{\"home\":1}}\n"
                + "id: t~c1-0.1\n\n"
                + "data: {\"data\":\"a\\u009b\"}\n"
                + "id: t~c1-0.2\n\n"
                + "data: half{\n"
                + "id: t~c1-0.3\n\n"));

    CommandRun run = subscribe("--output", "text", "--count", "3");

    assertThat(run.outLines())
        .containsExactly(
            "12:00  scores  goal  {\"home\":1}", "-  (personal)  -  a\\u009b", "half{");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--since yesterday",
        "--since 5x",
        "--last 0",
        "--last 1001",
        "--last 5 --since 5m",
        "--cursor t~c1-0.0 --last 5",
        "--count -1",
        "--output xml"
      })
  void shouldRefuseABeginningThatIsNone(String arguments) {
    CommandRun run = subscribe(arguments.split(" "));

    assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
    assertThat(requests).isEmpty();
  }

  @Test
  void shouldRefuseToSubscribeToNothing() {
    CommandRun run = CommandRun.of("subscribe");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("--channel");
  }

  @Test
  void shouldRefuseAnAddressThatIsNone() {
    assertThat(CommandRun.of("subscribe", "--channel", "c", "--url", "localhost").exitCode())
        .isEqualTo(2);
  }
}
