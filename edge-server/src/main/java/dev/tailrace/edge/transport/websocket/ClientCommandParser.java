package dev.tailrace.edge.transport.websocket;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.tailrace.edge.publish.MalformedPublishException;
import dev.tailrace.edge.publish.PublishForm;
import dev.tailrace.edge.publish.PublishRequest;
import dev.tailrace.edge.publish.PublishRequestParser;
import dev.tailrace.v1.ClientFrame;
import dev.tailrace.v1.Event;
import dev.tailrace.v1.Publish;
import dev.tailrace.v1.Subscribe;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads client frames. A frame that does not parse ends the connection (1007); one that parses but
 * says nothing usable is answered with an error frame.
 *
 * <p>Threading: stateless.
 */
final class ClientCommandParser {
  /** The message is not a frame of its subprotocol at all. */
  static final class MalformedFrameException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedFrameException(String message) {
      super(message);
    }
  }

  private static final Map<String, Set<String>> MEMBERS =
      Map.of(
          "subscribe", Set.of("ref", "channel", "cursor", "since", "last", "max_rate"),
          "unsubscribe", Set.of("ref", "channel"),
          "auth", Set.of("token"),
          "ping", Set.of("ref"));
  private static final Set<String> TEXTS = Set.of("channel", "cursor", "since", "token");

  private ClientCommandParser() {}

  static ClientCommand parse(byte[] message, Subprotocol subprotocol)
      throws MalformedFrameException {
    return switch (subprotocol) {
      case JSON -> parseJson(message);
      case PROTO -> parseProto(message);
    };
  }

  private static ClientCommand parseJson(byte[] message) throws MalformedFrameException {
    JsonNode root;
    try {
      root = JsonMapper.shared().readTree(message);
    } catch (JacksonException e) {
      throw new MalformedFrameException("the frame is not JSON");
    }
    if (root == null || !root.isObject() || root.size() != 1) {
      throw new MalformedFrameException("a frame is one object with one key");
    }
    String key = root.propertyNames().iterator().next();
    if (!(root.get(key) instanceof ObjectNode body)) {
      throw new MalformedFrameException("the value of a frame's key is an object");
    }
    long ref = ref(body);
    if (ref < 0) {
      return badRef();
    }
    if (key.equals("publish")) {
      return publish(body, ref);
    }
    Set<String> known = MEMBERS.get(key);
    if (known == null) {
      return new ClientCommand.Unusable(
          ref, "unknown_frame", "frames are subscribe, unsubscribe, publish, auth, ping");
    }
    for (String name : body.propertyNames()) {
      if (!known.contains(name)) {
        return new ClientCommand.Unusable(
            ref, "unknown_member", "this frame knows only " + String.join(", ", known));
      }
      if (name.equals("max_rate") && !body.get(name).isNumber()) {
        return new ClientCommand.Unusable(ref, "bad_member", "max_rate is a number");
      }
      if (name.equals("last") && !body.get(name).isIntegralNumber()) {
        return new ClientCommand.Unusable(ref, "bad_member", "last is a whole number");
      }
      if (TEXTS.contains(name) && !body.get(name).isString()) {
        return new ClientCommand.Unusable(ref, "bad_member", name + " is a string");
      }
    }
    return switch (key) {
      case "subscribe" ->
          new ClientCommand.Subscribe(
              ref,
              text(body, "channel"),
              text(body, "cursor"),
              text(body, "since"),
              text(body, "last"),
              body.has("max_rate") ? body.get("max_rate").asDouble() : null);
      case "unsubscribe" -> new ClientCommand.Unsubscribe(ref, text(body, "channel"));
      case "auth" -> new ClientCommand.Auth(text(body, "token"));
      default -> new ClientCommand.Ping(ref);
    };
  }

  /** As in Protobuf it is 0 when there is none; negative when it is no ref. */
  private static long ref(ObjectNode body) {
    JsonNode ref = body.get("ref");
    if (ref == null) {
      return 0;
    }
    return ref.isIntegralNumber() && ref.canConvertToLong() ? ref.asLong() : -1;
  }

  private static ClientCommand badRef() {
    return new ClientCommand.Unusable(
        -1, "bad_member", "ref is a whole number from 0 to 9223372036854775807");
  }

  private static String text(ObjectNode body, String name) {
    JsonNode value = body.get(name);
    return value == null ? "" : value.asString();
  }

  private static ClientCommand publish(ObjectNode body, long ref) {
    try {
      byte[] object = body.toString().getBytes(StandardCharsets.UTF_8);
      PublishRequest request = PublishRequestParser.parse(object, PublishForm.FRAME);
      return new ClientCommand.Publish(ref, request.event());
    } catch (MalformedPublishException e) {
      return new ClientCommand.Unusable(ref, "bad_publish", e.detail());
    }
  }

  private static ClientCommand parseProto(byte[] message) throws MalformedFrameException {
    ClientFrame frame;
    try {
      frame = ClientFrame.parseFrom(message);
    } catch (InvalidProtocolBufferException e) {
      throw new MalformedFrameException("the message is not a ClientFrame");
    }
    return ref(frame) < 0 ? badRef() : command(frame);
  }

  private static long ref(ClientFrame frame) {
    return switch (frame.getBodyCase()) {
      case SUBSCRIBE -> frame.getSubscribe().getRef();
      case UNSUBSCRIBE -> frame.getUnsubscribe().getRef();
      case PUBLISH -> frame.getPublish().getRef();
      case PING -> frame.getPing().getRef();
      case AUTH, BODY_NOT_SET -> 0;
    };
  }

  private static ClientCommand command(ClientFrame frame) {
    return switch (frame.getBodyCase()) {
      case SUBSCRIBE -> subscribe(frame.getSubscribe());
      case UNSUBSCRIBE ->
          new ClientCommand.Unsubscribe(
              frame.getUnsubscribe().getRef(), frame.getUnsubscribe().getChannel());
      case PUBLISH -> publish(frame.getPublish());
      case AUTH -> new ClientCommand.Auth(frame.getAuth().getToken());
      case PING -> new ClientCommand.Ping(frame.getPing().getRef());
      case BODY_NOT_SET ->
          new ClientCommand.Unusable(-1, "unknown_frame", "the ClientFrame has no known body");
    };
  }

  private static ClientCommand subscribe(Subscribe subscribe) {
    return new ClientCommand.Subscribe(
        subscribe.getRef(),
        subscribe.getChannel(),
        subscribe.getCursor(),
        subscribe.getSince(),
        subscribe.getLast() == 0 ? "" : Integer.toString(subscribe.getLast()),
        subscribe.hasMaxRate() ? subscribe.getMaxRate() : null);
  }

  private static ClientCommand publish(Publish publish) {
    Event.Builder event =
        Event.newBuilder()
            .setId(publish.getId())
            .setType(publish.getType())
            .setContentType(publish.getContentType())
            .setData(publish.getData());
    if (!publish.getChannel().isEmpty()) {
      event.addChannels(publish.getChannel());
    }
    if (!publish.getUser().isEmpty()) {
      event.addUsers(publish.getUser());
    }
    if (publish.hasTtl()) {
      event.setTtl(publish.getTtl());
    }
    return new ClientCommand.Publish(publish.getRef(), event);
  }
}
