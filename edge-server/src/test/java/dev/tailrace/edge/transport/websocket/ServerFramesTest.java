package dev.tailrace.edge.transport.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import dev.tailrace.edge.connection.Notice;
import dev.tailrace.v1.ErrorFrame;
import dev.tailrace.v1.Gap;
import dev.tailrace.v1.Goodbye;
import dev.tailrace.v1.ServerFrame;
import dev.tailrace.v1.Welcome;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ServerFramesTest {
  record Case(Notice notice, String json, ServerFrame.BodyCase body) {}

  static List<Case> cases() {
    return List.of(
        new Case(
            new Notice.Opened("abc~u1-3.1", "ann"),
            "{\"welcome\":{\"cursor\":\"abc~u1-3.1\",\"user\":\"ann\"}}",
            ServerFrame.BodyCase.WELCOME),
        new Case(
            new Notice.Opened("abc~c1-0.1", null),
            "{\"welcome\":{\"cursor\":\"abc~c1-0.1\"}}",
            ServerFrame.BodyCase.WELCOME),
        new Case(
            new Notice.Subscribed(7, "scores", "abc~c1-1.2"),
            "{\"subscribed\":{\"ref\":7,\"channel\":\"scores\",\"cursor\":\"abc~c1-1.2\"}}",
            ServerFrame.BodyCase.SUBSCRIBED),
        new Case(
            new Notice.Unsubscribed(8, "scores"),
            "{\"unsubscribed\":{\"ref\":8,\"channel\":\"scores\"}}",
            ServerFrame.BodyCase.UNSUBSCRIBED),
        new Case(
            new Notice.Gap(
                List.of("scores"),
                null,
                Instant.ofEpochSecond(9),
                Notice.Gap.Reason.UPSTREAM,
                "abc~c1-1.2"),
            "{\"gap\":{\"channels\":[\"scores\"],\"to\":\"1970-01-01T00:00:09Z\","
                + "\"reason\":\"upstream\",\"cursor\":\"abc~c1-1.2\"}}",
            ServerFrame.BodyCase.GAP),
        new Case(
            new Notice.Conflated(List.of("scores")),
            "{\"conflated\":{\"channels\":[\"scores\"]}}",
            ServerFrame.BodyCase.CONFLATED),
        new Case(
            new Notice.CursorHeartbeat("abc~c1-1.2"),
            "{\"cursor\":{\"cursor\":\"abc~c1-1.2\"}}",
            ServerFrame.BodyCase.CURSOR),
        new Case(
            new Notice.Published(3, "e-1"),
            "{\"published\":{\"ref\":3,\"id\":\"e-1\"}}",
            ServerFrame.BodyCase.PUBLISHED),
        new Case(
            new Notice.CommandError(4, "bad_channel", "no \"name\"", "a b"),
            "{\"error\":{\"ref\":4,\"code\":\"bad_channel\",\"message\":\"no \\\"name\\\"\","
                + "\"channel\":\"a b\"}}",
            ServerFrame.BodyCase.ERROR),
        new Case(
            new Notice.CommandError(-1, "not_granted", "m", null),
            "{\"error\":{\"code\":\"not_granted\",\"message\":\"m\"}}",
            ServerFrame.BodyCase.ERROR),
        new Case(new Notice.Pong(5), "{\"pong\":{\"ref\":5}}", ServerFrame.BodyCase.PONG),
        new Case(
            new Notice.TokenExpiring(Instant.ofEpochSecond(60)),
            "{\"token_expiring\":{\"expires\":\"1970-01-01T00:01:00Z\"}}",
            ServerFrame.BodyCase.TOKEN_EXPIRING));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void shouldWriteOneObjectWithOneKey(Case example) {
    byte[] frame = ServerFrames.encode(example.notice(), Subprotocol.JSON);

    assertThat(new String(frame, StandardCharsets.UTF_8)).isEqualTo(example.json());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void shouldWriteTheSameFrameInProtobuf(Case example) throws Exception {
    ServerFrame frame =
        ServerFrame.parseFrom(ServerFrames.encode(example.notice(), Subprotocol.PROTO));

    assertThat(frame.getBodyCase()).isEqualTo(example.body());
  }

  @Test
  void shouldFillProtobufFrames() throws Exception {
    assertThat(proto(new Notice.Opened("abc~u1-3.1", "ann")).getWelcome())
        .isEqualTo(Welcome.newBuilder().setCursor("abc~u1-3.1").setUser("ann").build());
    assertThat(proto(new Notice.CommandError(-1, "code", "m", null)).getError())
        .isEqualTo(ErrorFrame.newBuilder().setCode("code").setMessage("m").build());
    assertThat(
            proto(
                    new Notice.Gap(
                        List.of("scores"),
                        Instant.ofEpochSecond(8, 5),
                        null,
                        Notice.Gap.Reason.GENERATION,
                        "abc~c1-1.2"))
                .getGap())
        .isEqualTo(
            Gap.newBuilder()
                .addChannels("scores")
                .setFrom(Timestamp.newBuilder().setSeconds(8).setNanos(5))
                .setReason("generation")
                .setCursor("abc~c1-1.2")
                .build());
  }

  @Test
  void shouldSayGoodbyeWithWhenToComeBack() throws Exception {
    assertThat(ServerFrames.goodbye("shutdown", 900, Subprotocol.JSON))
        .asString(StandardCharsets.UTF_8)
        .isEqualTo("{\"goodbye\":{\"reason\":\"shutdown\",\"reconnect_after_ms\":900}}");
    assertThat(
            ServerFrame.parseFrom(ServerFrames.goodbye("shutdown", 900, Subprotocol.PROTO))
                .getGoodbye())
        .isEqualTo(Goodbye.newBuilder().setReason("shutdown").setReconnectAfterMs(900).build());
  }

  private static ServerFrame proto(Notice notice) throws Exception {
    return ServerFrame.parseFrom(ServerFrames.encode(notice, Subprotocol.PROTO));
  }
}
