package dev.tailrace.testing.conversation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConversationParserTest {
  private static final String STREAM =
      """
      # A comment.
      token> a {"sub":"42"}
      app> {"connect":{"transport":"sse"}}
      > GET /v1/events?channel=a&stream?={name=kXv2_Lq8-0Zt5yWm}
      > Authorization: Bearer {token:a}
      < 200
      < Content-Type: text/event-stream
      <
      < : tailrace
      <
      < data: 1
      < data: 2
      <
      edge> {"stop":{}}
      > POST /v1/publish
      >
      > {"channels":["a"]}
      < 204
      < : bye
      <
      < end
      kafka> {"channels":["a"]}
      net> cut
      app< {"state":"live"}
      """;

  @Test
  void shouldPutLinesTogether() {
    Conversation conversation = Conversation.parse("talk", STREAM);

    assertThat(conversation.steps())
        .extracting(step -> step.line() + " " + step.getClass().getSimpleName())
        .containsExactly(
            "2 Token",
            "3 Ask",
            "4 Request",
            "6 Answer",
            "9 Block",
            "11 Block",
            "14 Operated",
            "15 Request",
            "18 Answer",
            "19 Block",
            "21 End",
            "22 Written",
            "23 Cut",
            "24 Told");
    assertThat(conversation.hasApplication()).isTrue();
    assertThat(conversation.hasOperation("stop")).isTrue();
    assertThat(conversation.hasOperation("revoke")).isFalse();
    assertThat(conversation.wire().hasApplication()).isFalse();
    Step.Request request = (Step.Request) conversation.steps().get(2);
    assertThat(request.headers()).containsOnlyKeys("authorization");
    assertThat(request.query())
        .extracting(parameter -> parameter.name() + parameter.optional())
        .containsExactly("channelfalse", "streamtrue");
    assertThat(((Step.Request) conversation.steps().get(7)).body())
        .isEqualTo("{\"channels\":[\"a\"]}");
    assertThat(((Step.Block) conversation.steps().get(5)).lines())
        .containsExactly("data: 1", "data: 2");
  }

  @Test
  void shouldReadTheFramesOfASocket() {
    Conversation conversation =
        Conversation.parse(
            "talk",
            """
            > GET /v1/socket
            < 101
            < Sec-WebSocket-Protocol: tailrace.v1.json
            < {"welcome":{}}
            > {"ping":{}}
            > text no JSON
            < close 1007 malformed frame
            > close
            """);

    assertThat(conversation.steps()).hasSize(7);
    Step.Close close = (Step.Close) conversation.steps().get(5);
    assertThat(close.code()).isEqualTo(1007);
    assertThat(close.reason()).isEqualTo(TextPattern.of("malformed frame"));
    assertThat(((Step.Close) conversation.steps().get(6)).fromClient()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          hello                              | begins with nothing that is known
          app> {"connect"                    | no JSON
          app> {"a":"{cursor:a=here}"}       | here is no cursor
          token> {"sub":"42"}                | a token has a name and claims
          net> stall                         | a network does nothing but cut
          > GET /v1/poll?channel             | a parameter without a value
          < close me                         | close, a code, and a reason
          < {"a":"{id:a} and {id:b}"}        | several placeholders
          """)
  void shouldNameTheLineThatIsNone(String line, String what) {
    assertThatThrownBy(() -> Conversation.parse("talk", "# One.\n" + line + "\n"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("talk:2: ")
        .hasMessageContaining(what);
  }
}
