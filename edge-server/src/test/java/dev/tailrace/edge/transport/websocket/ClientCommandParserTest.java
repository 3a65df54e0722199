package dev.tailrace.edge.transport.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import dev.tailrace.edge.transport.websocket.ClientCommandParser.MalformedFrameException;
import dev.tailrace.v1.Auth;
import dev.tailrace.v1.ClientFrame;
import dev.tailrace.v1.Event;
import dev.tailrace.v1.Ping;
import dev.tailrace.v1.Publish;
import dev.tailrace.v1.Subscribe;
import dev.tailrace.v1.Unsubscribe;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientCommandParserTest {
  @Test
  void shouldReadJsonCommands() throws Exception {
    assertThat(json("{\"subscribe\":{\"ref\":1,\"channel\":\"scores\",\"cursor\":\"abc~c1-1.2\"}}"))
        .isEqualTo(new ClientCommand.Subscribe(1, "scores", "abc~c1-1.2", "", "", null));
    assertThat(json("{\"subscribe\":{\"ref\":2,\"channel\":\"scores\"}}"))
        .isEqualTo(new ClientCommand.Subscribe(2, "scores", "", "", "", null));
    assertThat(json("{\"unsubscribe\":{\"ref\":3,\"channel\":\"scores\"}}"))
        .isEqualTo(new ClientCommand.Unsubscribe(3, "scores"));
    assertThat(json("{\"auth\":{\"token\":\"t\"}}")).isEqualTo(new ClientCommand.Auth("t"));
    assertThat(json("{\"ping\":{\"ref\":4}}")).isEqualTo(new ClientCommand.Ping(4));
  }

  @Test
  void shouldTakeARefAsZeroWhenThereIsNone() throws Exception {
    assertThat(json("{\"ping\":{}}")).isEqualTo(new ClientCommand.Ping(0));
    assertThat(json("{\"subscribe\":{\"channel\":\"scores\"}}"))
        .isEqualTo(new ClientCommand.Subscribe(0, "scores", "", "", "", null));
    assertThat(proto(ClientFrame.newBuilder().setPing(Ping.getDefaultInstance())))
        .isEqualTo(new ClientCommand.Ping(0));
  }

  @Test
  void shouldReadAPublishInJson() throws Exception {
    ClientCommand command =
        json(
            "{\"publish\":{\"ref\":9,\"channel\":\"scores\",\"type\":\"goal\",\"id\":\"e-1\","
                + "\"ttl\":\"30s\",\"data\":{\"home\":1}}}");

    assertThat(command).isInstanceOf(ClientCommand.Publish.class);
    ClientCommand.Publish publish = (ClientCommand.Publish) command;
    assertThat(publish.ref()).isEqualTo(9);
    Event event = publish.event().build();
    assertThat(event.getChannelsList()).containsExactly("scores");
    assertThat(event.getType()).isEqualTo("goal");
    assertThat(event.getTtl().getSeconds()).isEqualTo(30);
    assertThat(event.getData().toStringUtf8()).isEqualTo("{\"home\":1}");
  }

  @Test
  void shouldReadProtobufCommands() throws Exception {
    assertThat(
            proto(
                ClientFrame.newBuilder()
                    .setSubscribe(
                        Subscribe.newBuilder().setRef(1).setChannel("scores").setCursor("abc"))))
        .isEqualTo(new ClientCommand.Subscribe(1, "scores", "abc", "", "", null));
    assertThat(
            proto(
                ClientFrame.newBuilder()
                    .setUnsubscribe(Unsubscribe.newBuilder().setRef(3).setChannel("scores"))))
        .isEqualTo(new ClientCommand.Unsubscribe(3, "scores"));
    assertThat(proto(ClientFrame.newBuilder().setAuth(Auth.newBuilder().setToken("t"))))
        .isEqualTo(new ClientCommand.Auth("t"));
    ClientCommand publish =
        proto(
            ClientFrame.newBuilder()
                .setPublish(
                    Publish.newBuilder()
                        .setRef(5)
                        .setUser("ann")
                        .setData(ByteString.copyFromUtf8("x"))
                        .setTtl(Duration.newBuilder().setSeconds(3))));
    assertThat(((ClientCommand.Publish) publish).event().build())
        .isEqualTo(
            Event.newBuilder()
                .addUsers("ann")
                .setData(ByteString.copyFromUtf8("x"))
                .setTtl(Duration.newBuilder().setSeconds(3))
                .build());
  }

  @Test
  void shouldReadAMaxRate() throws Exception {
    assertThat(json("{\"subscribe\":{\"ref\":1,\"channel\":\"c\",\"max_rate\":0.5}}"))
        .isEqualTo(new ClientCommand.Subscribe(1, "c", "", "", "", 0.5));
    assertThat(json("{\"subscribe\":{\"ref\":1,\"channel\":\"c\",\"max_rate\":0}}"))
        .as("out of bounds, and not as if it were not there")
        .isEqualTo(new ClientCommand.Subscribe(1, "c", "", "", "", 0.0));
    assertThat(json("{\"subscribe\":{\"ref\":1,\"channel\":\"c\",\"max_rate\":\"2\"}}"))
        .isEqualTo(new ClientCommand.Unusable(1, "bad_member", "max_rate is a number"));
    assertThat(
            proto(
                ClientFrame.newBuilder()
                    .setSubscribe(Subscribe.newBuilder().setRef(1).setChannel("c").setMaxRate(4))))
        .isEqualTo(new ClientCommand.Subscribe(1, "c", "", "", "", 4.0));
  }

  @Test
  void shouldReadOtherPositionsThanCursors() throws Exception {
    assertThat(json("{\"subscribe\":{\"ref\":1,\"channel\":\"c\",\"since\":\"-5m\"}}"))
        .isEqualTo(new ClientCommand.Subscribe(1, "c", "", "-5m", "", null));
    assertThat(json("{\"subscribe\":{\"ref\":1,\"channel\":\"c\",\"last\":5}}"))
        .isEqualTo(new ClientCommand.Subscribe(1, "c", "", "", "5", null));
    assertThat(
            proto(
                ClientFrame.newBuilder()
                    .setSubscribe(Subscribe.newBuilder().setRef(1).setChannel("c").setLast(5))))
        .isEqualTo(new ClientCommand.Subscribe(1, "c", "", "", "5", null));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "ping",
        "{",
        "[]",
        "7",
        "null",
        "\"ping\"",
        "{}",
        "{\"ping\":{}} x",
        "{\"ping\":{}}{\"ping\":{}}",
        "{\"ping\":{},\"auth\":{}}",
        "{\"ping\":1}",
        "{\"ping\":null}",
        "{\"ping\":[]}",
        "{'ping':{}}",
        "{\"ping\":{\"ref\":01}}"
      })
  void shouldRefuseJsonThatIsNoFrame(String text) {
    assertThatThrownBy(() -> json(text)).isInstanceOf(MalformedFrameException.class);
  }

  @Test
  void shouldRefuseJsonThatIsNestedTooDeeply() {
    String deep = "{\"ping\":{\"ref\":" + "[".repeat(100_000);

    assertThatThrownBy(() -> json(deep)).isInstanceOf(MalformedFrameException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"shout\":{\"ref\":3}}                          | 3  | unknown_frame",
        "{\"shout\":{}}                                   | 0  | unknown_frame",
        "{\"ping\":{\"ref\":3,\"colour\":1}}              | 3  | unknown_member",
        "{\"subscribe\":{\"ref\":3,\"channels\":[\"a\"]}} | 3  | unknown_member",
        "{\"ping\":{\"ref\":\"x\"}}                       | -1 | bad_member",
        "{\"ping\":{\"ref\":1.5}}                         | -1 | bad_member",
        "{\"ping\":{\"ref\":-4}}                          | -1 | bad_member",
        "{\"ping\":{\"ref\":99999999999999999999}}        | -1 | bad_member",
        "{\"subscribe\":{\"ref\":3,\"channel\":5}}        | 3  | bad_member",
        "{\"subscribe\":{\"ref\":3,\"channel\":\"a\",\"cursor\":5}} | 3 | bad_member",
        "{\"unsubscribe\":{\"ref\":3,\"channel\":[]}}     | 3  | bad_member",
        "{\"auth\":{\"token\":{}}}                        | 0  | bad_member",
        "{\"publish\":{\"ref\":3,\"channel\":\"a\",\"x\":1}} | 3 | bad_publish",
      })
  void shouldAnswerAFrameThatSaysNothingUsable(String text, long ref, String code)
      throws Exception {
    ClientCommand command = json(text);

    assertThat(command).isInstanceOf(ClientCommand.Unusable.class);
    assertThat(((ClientCommand.Unusable) command).ref()).isEqualTo(ref);
    assertThat(((ClientCommand.Unusable) command).code()).isEqualTo(code);
  }

  @Test
  void shouldAnswerAProtobufFrameThatSaysNothingUsable() throws Exception {
    assertThat(unusable(proto(ClientFrame.newBuilder())).code()).isEqualTo("unknown_frame");
    assertThat(
            unusable(proto(ClientFrame.newBuilder().setPing(Ping.newBuilder().setRef(-1)))).code())
        .isEqualTo("bad_member");
  }

  @Test
  void shouldRefuseBytesThatAreNoProtobuf() {
    byte[] bytes = "{\"ping\":{}}".getBytes(StandardCharsets.UTF_8);

    assertThatThrownBy(() -> ClientCommandParser.parse(bytes, Subprotocol.PROTO))
        .isInstanceOf(MalformedFrameException.class);
  }

  private static ClientCommand.Unusable unusable(ClientCommand command) {
    assertThat(command).isInstanceOf(ClientCommand.Unusable.class);
    return (ClientCommand.Unusable) command;
  }

  private static ClientCommand json(String text) throws MalformedFrameException {
    return ClientCommandParser.parse(text.getBytes(StandardCharsets.UTF_8), Subprotocol.JSON);
  }

  private static ClientCommand proto(ClientFrame.Builder frame) throws MalformedFrameException {
    return ClientCommandParser.parse(frame.build().toByteArray(), Subprotocol.PROTO);
  }
}
