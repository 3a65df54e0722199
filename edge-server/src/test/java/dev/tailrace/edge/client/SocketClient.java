package dev.tailrace.edge.client;

import dev.tailrace.edge.cursor.Cursor;
import dev.tailrace.schemas.Channels;
import dev.tailrace.v1.ClientFrame;
import dev.tailrace.v1.ServerFrame;
import dev.tailrace.v1.Subscribe;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What every WebSocket client does, whatever its library: subscribes each channel by its own
 * cursor, keeps one per channel, and joins them with the oldest for the URL, which the user's own
 * partition and the broadcast channel go on by.
 */
abstract class SocketClient extends Client {
  /** The subprotocols. */
  enum Form {
    JSON("tailrace.v1.json"),
    PROTO("tailrace.v1.proto");

    private final String token;

    Form(String token) {
      this.token = token;
    }

    String token() {
      return token;
    }
  }

  private static final String PERSONAL = "";

  private final Target target;
  private final Form form;
  private final Set<String> missing = ConcurrentHashMap.newKeySet();
  private final List<String> others = new CopyOnWriteArrayList<>();
  private volatile boolean welcome;

  SocketClient(Target target, Form form) {
    this.target = target;
    this.form = form;
    missing.addAll(target.channels());
  }

  final Form form() {
    return form;
  }

  final String url() {
    Resume resume = target.resume();
    String cursor = resume == null ? "" : "&cursor=" + resume.cursor();
    return target.uriWithoutChannels("ws", "/v1/socket", cursor).toString();
  }

  abstract void send(String text);

  abstract void send(byte[] bytes);

  /** Subscribes to everything, once the socket is open. */
  final void onSocketOpen() {
    Resume resume = target.resume();
    long ref = 1;
    for (String channel : target.channels()) {
      String cursor = resume == null ? "" : resume.ofChannels().getOrDefault(channel, "");
      subscribe(ref++, channel, cursor);
    }
  }

  final void subscribe(long ref, String channel, String cursor) {
    if (form == Form.JSON) {
      Map<String, Object> body = new HashMap<>(Map.of("ref", ref, "channel", channel));
      if (!cursor.isEmpty()) {
        body.put("cursor", cursor);
      }
      if (last() > 0) {
        body.put("last", last());
      }
      if (!since().isEmpty()) {
        body.put("since", since());
      }
      send(JsonMapper.shared().writeValueAsString(Map.of("subscribe", body)));
    } else {
      send(
          ClientFrame.newBuilder()
              .setSubscribe(
                  Subscribe.newBuilder()
                      .setRef(ref)
                      .setChannel(channel)
                      .setCursor(cursor)
                      .setSince(since())
                      .setLast(last()))
              .build()
              .toByteArray());
    }
  }

  private String since() {
    Target.Start start = target.start();
    return start != null && start.name().equals("since") ? start.value() : "";
  }

  private int last() {
    Target.Start start = target.start();
    return start != null && start.name().equals("last") ? Integer.parseInt(start.value()) : 0;
  }

  final void onFrame(String text) {
    onText(text + "\n");
    JsonNode frame = json(text);
    String kind = frame.propertyNames().iterator().next();
    JsonNode body = frame.get(kind);
    switch (kind) {
      case "welcome" -> onWelcome(body.path("cursor").asString());
      case "subscribed" ->
          onSubscribed(body.path("channel").asString(), body.path("cursor").asString());
      case "event" -> {
        moved(body.path("channel").asString(PERSONAL), body.path("cursor").asString());
        onEventObject(body);
      }
      case "gap" -> {
        onGap(body);
        gaps().getLast().channels().forEach(c -> moved(c, body.path("cursor").asString()));
      }
      case "goodbye" -> onComeBackAfter(body.path("reconnect_after_ms").asLong());
      case "error" -> onError(body.path("code").asString());
      default -> others.add(text);
    }
  }

  final void onFrame(byte[] bytes) throws Exception {
    onBytes(bytes, bytes.length);
    ServerFrame frame = ServerFrame.parseFrom(bytes);
    switch (frame.getBodyCase()) {
      case WELCOME -> onWelcome(frame.getWelcome().getCursor());
      case SUBSCRIBED ->
          onSubscribed(frame.getSubscribed().getChannel(), frame.getSubscribed().getCursor());
      case EVENT -> {
        var event = frame.getEvent();
        moved(event.getChannel(), event.getCursor());
        onEvent(
            new Received(event.getChannel(), event.getId(), event.getData(), event.getCursor()));
      }
      case GAP -> {
        var gap = frame.getGap();
        onGap(
            new Gap(
                List.copyOf(gap.getChannelsList()),
                gap.getReason(),
                gap.getCursor(),
                gap.getApproximate()));
        gap.getChannelsList().forEach(channel -> moved(channel, gap.getCursor()));
      }
      case GOODBYE -> onComeBackAfter(frame.getGoodbye().getReconnectAfterMs());
      case ERROR -> onError(frame.getError().getCode());
      default -> others.add(frame.toString());
    }
  }

  private void onWelcome(String cursor) {
    setCursor(cursor);
    welcome = true;
  }

  private void onSubscribed(String channel, String cursor) {
    setCursorOf(channel, cursor);
    missing.remove(channel);
  }

  /** A channel's own cursor moves; the user's and the broadcast's move the connection's. */
  private void moved(String channel, String position) {
    if (channel.equals(PERSONAL) || channel.equals(Channels.BROADCAST)) {
      Cursor at = decode(position);
      Map<dev.tailrace.schemas.LanePartition, Long> positions =
          new HashMap<>(decode(cursor()).positions());
      positions.putAll(at.positions());
      setCursor(new Cursor(at.tag(), positions, at.basisSeconds()).toString());
    } else {
      setCursorOf(channel, position);
    }
  }

  /** Frames that are none of the usual. */
  final List<String> others() {
    return others;
  }

  /** Channels that were not confirmed yet. */
  final Set<String> missing() {
    return new HashSet<>(missing);
  }

  @Override
  public final boolean isOpen() {
    return welcome && missing.isEmpty();
  }

  /** What the library said when the connection ended. */
  final void onSocketEnded(int code, @Nullable String reason) {
    onEnded(code + " " + reason);
  }
}
