package dev.tailrace.system;

import dev.tailrace.client.Event;
import dev.tailrace.client.Gap;
import dev.tailrace.client.Publication;
import dev.tailrace.client.StateChange;
import dev.tailrace.client.SubscribeOptions;
import dev.tailrace.client.Subscription;
import dev.tailrace.client.Tailrace;
import dev.tailrace.client.TailraceException;
import dev.tailrace.client.TailraceOptions;
import dev.tailrace.client.Transport;
import dev.tailrace.testing.conversation.AppUnderTest;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * An application with {@code clients/java} in it, for the conversations.
 *
 * <p>Threading: one test thread; the client's own tells.
 */
final class JavaClientApp implements AppUnderTest {
  private final String origin;
  private final BlockingQueue<JsonNode> told = new LinkedBlockingQueue<>();
  private final Map<String, Subscription> subscriptions = new HashMap<>();
  private final SubscribeOptions options =
      SubscribeOptions.builder().onError(this::onError).build();
  private volatile String token = "";

  /** The first connection asks for all that is followed from the start. */
  private final CountDownLatch subscribed = new CountDownLatch(1);

  private @Nullable Tailrace client;

  /** One whose edge is here. */
  JavaClientApp(String origin) {
    this.origin = origin;
  }

  @Override
  public void execute(JsonNode command) {
    command
        .properties()
        .forEach(
            asked -> {
              JsonNode given = asked.getValue();
              switch (asked.getKey()) {
                case "connect" -> connect(given);
                case "token" -> token = given.asString();
                case "subscribe" -> subscribe(given.path("channel").asString());
                case "unsubscribe" ->
                    subscriptions.get(given.path("channel").asString()).unsubscribe();
                case "publish" -> publish(given);
                case "close" -> close();
                default -> throw new IllegalArgumentException(asked.getKey());
              }
            });
  }

  private void connect(JsonNode given) {
    token = given.path("token").asString();
    TailraceOptions.Builder builder =
        TailraceOptions.builder()
            .token(this::token)
            .transports(transport(given.path("transport").asString()))
            .locate(false)
            .onState(this::onState)
            .onGap(this::onGap)
            .onError(this::onError);
    if (given.has("cursor")) {
      builder.cursor(given.path("cursor").asString());
    }
    client = Tailrace.connect(origin, builder.build());
    given.path("channels").forEach(channel -> subscribe(channel.asString()));
    if (given.path("personal").asBoolean(false)) {
      client.personal(this::onEvent, options);
    }
    subscribed.countDown();
  }

  private String token() throws InterruptedException {
    subscribed.await();
    return token;
  }

  private static Transport transport(String name) {
    return name.equals("sse") ? Transport.STREAM : Transport.valueOf(name.toUpperCase(Locale.ROOT));
  }

  private Tailrace client() {
    if (client == null) {
      throw new IllegalStateException("not connected");
    }
    return client;
  }

  private void subscribe(String channel) {
    subscriptions.put(channel, client().subscribe(channel, this::onEvent, options));
  }

  private void publish(JsonNode given) {
    Publication.Builder event = Publication.builder().json(given.path("data").toString());
    given.path("channels").forEach(channel -> event.channel(channel.asString()));
    if (given.has("type")) {
      event.type(given.path("type").asString());
    }
    var _ =
        client()
            .publish(event.build())
            .whenComplete(
                (id, failure) -> {
                  if (failure == null) {
                    told.add(word("published", JsonMapper.shared().valueToTree(id)));
                  } else {
                    onError((TailraceException) failure);
                  }
                });
  }

  private void onEvent(Event event) {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    put(json, "channel", event.channel());
    json.put("id", event.id());
    put(json, "type", event.type());
    put(json, "time", event.time());
    String data = event.data();
    if (data != null) {
      json.set("data", JsonMapper.shared().readTree(data));
    }
    put(json, "content_type", event.contentType());
    put(json, "conflation_key", event.conflationKey());
    if (!event.attributes().isEmpty()) {
      json.set("attributes", JsonMapper.shared().valueToTree(event.attributes()));
    }
    json.put("cursor", event.cursor());
    told.add(word("event", json));
  }

  private void onGap(Gap gap) {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.set("channels", JsonMapper.shared().valueToTree(gap.channels()));
    json.put("reason", gap.reason());
    put(json, "from", gap.from());
    put(json, "to", gap.to());
    if (gap.isApproximate()) {
      json.put("approximate", true);
    }
    put(json, "cursor", gap.cursor());
    told.add(word("gap", json));
  }

  private void onState(StateChange change) {
    told.add(
        word(
            "state",
            JsonMapper.shared().valueToTree(change.state().name().toLowerCase(Locale.ROOT))));
    TailraceException error = change.error();
    if (error != null) {
      onError(error);
    }
  }

  private void onError(TailraceException error) {
    ObjectNode json = JsonMapper.shared().createObjectNode().put("code", error.code());
    put(json, "channel", error.channel());
    told.add(word("error", json));
  }

  private static void put(ObjectNode json, String name, @Nullable String value) {
    if (value != null) {
      json.put(name, value);
    }
  }

  private static ObjectNode word(String kind, JsonNode body) {
    ObjectNode word = JsonMapper.shared().createObjectNode();
    word.set(kind, body);
    return word;
  }

  @Override
  public @Nullable JsonNode nextTold(Duration patience) throws InterruptedException {
    return told.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    if (client != null) {
      client.close();
    }
  }
}
