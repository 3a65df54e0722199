package dev.tailrace.testing.conversation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** A {@link Replay} talks to a {@link Play}: of one conversation, or of two that differ. */
class BothSidesTest {
  private static final int PATIENCE_S = 20;
  private static final InstantSource NOW =
      InstantSource.fixed(Instant.parse("2026-11-24T05:36:27Z"));
  private static final String SOCKET =
      """
      token> a {"sub":"42"}
      > GET /v1/socket
      > Authorization: Bearer {token:a}
      < 101
      < {"welcome":{"cursor":"{cursor:w=t0~u1-1.4~tzz}","user":"42"}}
      > {"subscribe":{"ref":"{number:r=1}","channel":"scores","cursor":"{cursor:w}"}}
      < {"subscribed":{"ref":"{number:r}","channel":"scores","cursor":"{cursor:s=t0~c1-2.1~tzz}"}}
      < close 1001 shutdown
      > GET /v1/socket?cursor={cursor:w}
      < 101
      < {"welcome":{"cursor":"{cursor:v=t0~u1-1.4~tzz}"}}
      > close
      """;

  private static final String STREAM =
      """
      > GET /v1/events?channel=scores&channel=chat&stream?={name=kXv2_Lq8-0Zt5yWm}
      < 200
      < Content-Type: text/event-stream
      <
      < : tailrace
      <
      < event: tailrace.cursor
      < data: {"cursor":"{cursor:a=t0~c1-2.1~tzz}"}
      < id: {cursor:a}
      <
      > POST /v1/publish
      > Content-Type: application/json
      >
      > {"channels":["scores"],"data":1}
      < 403
      < Retry-After: {number=1}
      <
      < {"code":"not_granted","detail":"{text=no grant}"}
      < data: {"id":"goal-1"}
      < id: {cursor:b=t0~c1-2.2~tzz}
      <
      < retry: {number=100}
      < : shutdown
      <
      < end
      > GET /v1/poll?cursor={cursor:b}
      > close
      """;

  static List<Conversation> conversations() throws IOException {
    return Conversation.all();
  }

  @ParameterizedTest
  @MethodSource("conversations")
  void shouldAgree(Conversation conversation) throws Exception {
    Talk talk = talk(conversation.wire(), conversation.wire());

    talk.edge().get(PATIENCE_S, TimeUnit.SECONDS);
    talk.client().get(PATIENCE_S, TimeUnit.SECONDS);

    assertThat(conversation.steps()).hasSizeGreaterThan(2);
  }

  /** A client that differs, seen by who plays the edge. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          Bearer {token:a}              | Bearer a.b.c                   | 4  | /auth/token
          "ref":"{number:r=1}","channel" | "ref":"1","channel"           | 6  | /subscribe/ref
          "channel":"scores","cursor":"{cursor:w} | "channel":"chat","cursor":"{cursor:w} | 6 | /subscribe/channel
          "cursor":"{cursor:w}"}}       | "cursor":"t0~u1-1.5~tzz"}}     | 6  | /subscribe/cursor
          ?cursor={cursor:w}            | ?cursor=t0~u1-1.5~tzz          | 9  | should have cursor
          ?cursor={cursor:w}            | ?cursor={cursor:w}&limit=1     | 9  | should not have [limit=1]
          ?cursor={cursor:w}            | ``                             | 9  | should have cursor
          /v1/socket?                   | /v1/events?                    | 9  | should be GET /v1/socket
          > close                       | > {"ping":{}}                  | 12 | the client should close
          """)
  void shouldTellOfASocketsClientThatDiffers(String said, String other, int line, String what) {
    assertDeparts(talk(SOCKET, with(SOCKET, said, other)).edge(), line, what);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          &channel=chat                 | ``                             | 1  | should have channel=chat
          &stream?=                     | &name=                         | 1  | should not have [name=
          application/json              | text/plain                     | 11 | content-type: application/json
          "data":1                      | "data":2                       | 11 | /data
          {cursor:b}\\n> close           | {cursor:a}\\n> close            | 26 | should have cursor
          """)
  void shouldTellOfAStreamsClientThatDiffers(String said, String other, int line, String what) {
    assertDeparts(talk(STREAM, with(STREAM, said, other)).edge(), line, what);
  }

  /** An edge that differs, seen by who replays. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "user":"42"                   | "user":"43"                    | 5  | /welcome/user
          "user":"42"                   | "name":"42"                    | 5  | /welcome/user is missing
          t0~u1-1.4~tzz}","user"        | t0~u1-1.4}","user"             | 5  | /welcome/cursor
          {"subscribed":{"ref":"{number:r}" | {"subscribed":{"ref":2     | 7  | /subscribed/ref
          1001 shutdown                 | 1001 bye                       | 8  | close 1001 bye
          1001 shutdown                 | 4002 shutdown                  | 8  | should close with 1001
          """)
  void shouldTellOfASocketsEdgeThatDiffers(String said, String other, int line, String what) {
    assertDeparts(talk(with(SOCKET, said, other), SOCKET).client(), line, what);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          < id: {cursor:a}              | < id: t0~c1-2.9~tzz              | 7  | a line should be id: {cursor:a}
          : shutdown                    | : overloaded                   | 22 | a line should be : shutdown
          < 403                         | < 401                          | 15 | should be 403
          Retry-After: {number=1}       | Retry-After: soon              | 15 | retry-after
          "code":"not_granted"          | "code":"bad"                   | 15 | /code
          < data: {"id":"goal-1"}\\n< id: {cursor:b=t0~c1-2.2~tzz}\\n<\\n | `` | 19 | a line should have data
          < end                         | < : more\\n<\\n< end             | 25 | should end
          """)
  void shouldTellOfAStreamsEdgeThatDiffers(String said, String other, int line, String what) {
    assertDeparts(talk(with(STREAM, said, other), STREAM).client(), line, what);
  }

  private static String with(String text, String said, String other) {
    String changed = text.replace(said.replace("\\n", "\n"), other.replace("\\n", "\n"));
    assertThat(changed).isNotEqualTo(text);
    return changed;
  }

  private static void assertDeparts(CompletableFuture<Void> side, int line, String what) {
    assertThatThrownBy(() -> side.get(PATIENCE_S, TimeUnit.SECONDS))
        .cause()
        .isInstanceOf(DepartureException.class)
        .hasMessageContaining(":" + line + ": ")
        .hasMessageContaining(what);
  }

  /** How either side ends. */
  private record Talk(CompletableFuture<Void> edge, CompletableFuture<Void> client) {}

  private static Talk talk(String played, String replayed) {
    return talk(Conversation.parse("played", played), Conversation.parse("replayed", replayed));
  }

  private static Talk talk(Conversation played, Conversation replayed) {
    CompletableFuture<URI> address = new CompletableFuture<>();
    CompletableFuture<Void> edge =
        started(
            () ->
                Play.run(
                    played,
                    at -> {
                      address.complete(at);
                      return new SilentApp();
                    },
                    NOW));
    return new Talk(edge, started(() -> Replay.run(replayed, new SilentKafka(address.get()), NOW)));
  }

  private interface Side {
    void run() throws Exception;
  }

  private static CompletableFuture<Void> started(Side side) {
    CompletableFuture<Void> end = new CompletableFuture<>();
    Thread.startVirtualThread(
        () -> {
          try {
            side.run();
            end.complete(null);
          } catch (Throwable e) {
            end.completeExceptionally(e);
          }
        });
    return end;
  }

  /** The client is somebody else. */
  private static final class SilentApp implements AppUnderTest {
    @Override
    public void execute(JsonNode command) {}

    @Override
    public @Nullable JsonNode nextTold(Duration patience) {
      return null;
    }

    @Override
    public void close() {}
  }

  /** What happens behind an edge that is played is nothing. */
  private record SilentKafka(URI address) implements EdgeUnderTest {
    @Override
    public String tokenSecret() {
      return Play.SECRET;
    }

    @Override
    public void write(JsonNode event) {}

    @Override
    public void operate(JsonNode command) {}
  }
}
