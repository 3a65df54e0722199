package dev.tailrace.edge.transport.websocket;

import com.google.protobuf.Timestamp;
import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.transport.NoticeJson;
import dev.tailrace.v1.Conflated;
import dev.tailrace.v1.CursorFrame;
import dev.tailrace.v1.ErrorFrame;
import dev.tailrace.v1.Gap;
import dev.tailrace.v1.Goodbye;
import dev.tailrace.v1.Pong;
import dev.tailrace.v1.Published;
import dev.tailrace.v1.ServerFrame;
import dev.tailrace.v1.Subscribed;
import dev.tailrace.v1.TokenExpiring;
import dev.tailrace.v1.Unsubscribed;
import dev.tailrace.v1.Welcome;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * The frames of an edge, but for events, as bytes of either subprotocol.
 *
 * <p>Threading: stateless.
 */
final class ServerFrames {
  private ServerFrames() {}

  static byte[] encode(Notice notice, Subprotocol subprotocol) {
    return switch (subprotocol) {
      case JSON -> json(notice);
      case PROTO -> proto(notice).toByteArray();
    };
  }

  static byte[] goodbye(String reason, long reconnectAfterMs, Subprotocol subprotocol) {
    return switch (subprotocol) {
      case JSON -> {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("reason", reason);
        if (reconnectAfterMs > 0) {
          body.put("reconnect_after_ms", reconnectAfterMs);
        }
        yield frame("goodbye", body);
      }
      case PROTO ->
          ServerFrame.newBuilder()
              .setGoodbye(
                  Goodbye.newBuilder().setReason(reason).setReconnectAfterMs(reconnectAfterMs))
              .build()
              .toByteArray();
    };
  }

  private static byte[] json(Notice notice) {
    return switch (notice) {
      case Notice.Opened n -> {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("cursor", n.cursor());
        if (n.user() != null) {
          body.put("user", n.user());
        }
        yield frame("welcome", body);
      }
      case Notice.Subscribed n ->
          frame("subscribed", body(n.ref(), "channel", n.channel(), "cursor", n.cursor()));
      case Notice.Unsubscribed n -> frame("unsubscribed", body(n.ref(), "channel", n.channel()));
      case Notice.Gap n -> ("{\"gap\":" + NoticeJson.gap(n) + "}").getBytes(StandardCharsets.UTF_8);
      case Notice.Conflated n -> frame("conflated", Map.of("channels", n.channels()));
      case Notice.CursorHeartbeat n -> frame("cursor", Map.of("cursor", n.cursor()));
      case Notice.Published n -> frame("published", body(n.ref(), "id", n.id()));
      case Notice.TokenExpiring n -> frame("token_expiring", Map.of("expires", n.at().toString()));
      case Notice.CommandError n -> {
        Map<String, Object> body = body(n.ref());
        NoticeJson.putError(body, n);
        yield frame("error", body);
      }
      case Notice.Pong n -> frame("pong", body(n.ref()));
      case Notice.Alive _, Notice.Complete _ -> throw noFrame();
    };
  }

  private static Map<String, Object> body(long ref, String... fields) {
    Map<String, Object> body = new LinkedHashMap<>();
    if (ref >= 0) { // else it answers none
      body.put("ref", ref);
    }
    for (int i = 0; i < fields.length; i += 2) {
      body.put(fields[i], fields[i + 1]);
    }
    return body;
  }

  private static byte[] frame(String key, Map<String, Object> body) {
    return JsonMapper.shared().writeValueAsBytes(Map.of(key, body));
  }

  private static ServerFrame proto(Notice notice) {
    ServerFrame.Builder frame = ServerFrame.newBuilder();
    switch (notice) {
      case Notice.Opened n ->
          frame.setWelcome(Welcome.newBuilder().setCursor(n.cursor()).setUser(text(n.user())));
      case Notice.Subscribed n ->
          frame.setSubscribed(
              Subscribed.newBuilder()
                  .setRef(Math.max(0, n.ref()))
                  .setChannel(n.channel())
                  .setCursor(n.cursor()));
      case Notice.Unsubscribed n ->
          frame.setUnsubscribed(Unsubscribed.newBuilder().setRef(n.ref()).setChannel(n.channel()));
      case Notice.Gap n -> frame.setGap(gap(n));
      case Notice.Conflated n ->
          frame.setConflated(Conflated.newBuilder().addAllChannels(n.channels()));
      case Notice.CursorHeartbeat n ->
          frame.setCursor(CursorFrame.newBuilder().setCursor(n.cursor()));
      case Notice.Published n ->
          frame.setPublished(Published.newBuilder().setRef(n.ref()).setId(n.id()));
      case Notice.TokenExpiring n ->
          frame.setTokenExpiring(TokenExpiring.newBuilder().setExpires(timestamp(n.at())));
      case Notice.CommandError n ->
          frame.setError(
              ErrorFrame.newBuilder()
                  .setRef(Math.max(0, n.ref()))
                  .setCode(n.code())
                  .setMessage(n.message())
                  .setChannel(text(n.channel())));
      case Notice.Pong n -> frame.setPong(Pong.newBuilder().setRef(n.ref()));
      case Notice.Alive _, Notice.Complete _ -> throw noFrame();
    }
    return frame.build();
  }

  private static IllegalArgumentException noFrame() {
    return new IllegalArgumentException("a sign of life is a Ping, and a stream is never complete");
  }

  private static Gap gap(Notice.Gap n) {
    Gap.Builder gap =
        Gap.newBuilder()
            .addAllChannels(n.channels())
            .setReason(n.reason().text())
            .setCursor(n.cursor())
            .setApproximate(n.approximate());
    if (n.from() != null) {
      gap.setFrom(timestamp(n.from()));
    }
    if (n.to() != null) {
      gap.setTo(timestamp(n.to()));
    }
    return gap.build();
  }

  private static String text(@Nullable String value) {
    return value == null ? "" : value;
  }

  private static Timestamp timestamp(Instant at) {
    return Timestamp.newBuilder().setSeconds(at.getEpochSecond()).setNanos(at.getNano()).build();
  }
}
