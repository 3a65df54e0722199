package dev.tailrace.edge;

import static dev.tailrace.edge.control.Records.control;
import static dev.tailrace.edge.control.Records.disconnect;
import static dev.tailrace.edge.control.Records.issuedBefore;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.tailrace.edge.auth.Tokens;
import dev.tailrace.schemas.Topics;
import dev.tailrace.testing.conversation.Conversation;
import dev.tailrace.testing.conversation.EdgeUnderTest;
import dev.tailrace.testing.conversation.Replay;
import dev.tailrace.v1.Control;
import dev.tailrace.v1.Event;
import dev.tailrace.v1.Revocation;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Every conversation of {@code docs/protocol/conversations}, with a real edge. */
class ConversationsIT extends EdgeFixture {
  private static final String OPENED = "tailrace_edge_connections_opened_total{";

  private static Producer<byte[], byte[]> controls;

  @BeforeAll
  static void open() {
    controls =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  @AfterAll
  static void close() {
    controls.close();
  }

  static List<Conversation> conversations() throws IOException {
    return Conversation.all();
  }

  @ParameterizedTest
  @MethodSource("conversations")
  void shouldConverseAsWritten(Conversation conversation) throws Exception {
    Operated operated = new Operated();
    if (conversation.hasOperation("stop")) {
      operated.own = anotherEdge("edge.drain.window", "0s");
    }
    Replay.run(conversation, operated);
    if (operated.stopping != null) {
      operated.stopping.join();
    }
  }

  /** The edge that all share, and one that a conversation has for itself. */
  private final class Operated implements EdgeUnderTest {
    private @Nullable EdgeServer own;
    private @Nullable Thread stopping;
    private int asked;

    @Override
    public URI address() {
      asked++;
      return URI.create("http://127.0.0.1:" + (own == null ? edge : own).port());
    }

    @Override
    public String tokenSecret() {
      return Tokens.SECRET;
    }

    @Override
    public void write(JsonNode event) {
      Event written =
          Event.newBuilder()
              .setId(event.path("id").asString())
              .setType(event.path("type").asString(""))
              .setData(ByteString.copyFromUtf8(event.path("data").toString()))
              .build();
      event.path("channels").forEach(channel -> lanes.toChannel(channel.asString(), written));
      event.path("users").forEach(user -> lanes.toUser(user.asString(), written));
    }

    @Override
    public void operate(JsonNode command) throws Exception {
      String operation = command.propertyNames().iterator().next();
      JsonNode about = command.path(operation);
      switch (operation) {
        case "settings" ->
            own =
                anotherEdge(
                    about.properties().stream()
                        .flatMap(
                            setting ->
                                List.of(setting.getKey(), setting.getValue().asString()).stream())
                        .toArray(String[]::new));
        case "stop" -> {
          EdgeServer stopped = Objects.requireNonNull(own);
          own = null;
          awaitHolds(stopped);
          stopping =
              Thread.startVirtualThread(
                  () -> {
                    stopped.drain(wait -> true);
                    stopped.close();
                  });
        }
        case "disconnect" -> tell(disconnect(about.path("user").asString(), Instant.now()));
        case "revoke" -> {
          Revocation.Builder revoked = issuedBefore(Instant.now());
          if (about.has("user")) {
            revoked.setSubject(about.path("user").asString());
          }
          if (about.has("channel")) {
            revoked.setChannel(about.path("channel").asString());
          }
          tell(control(revoked));
        }
        default -> throw new IllegalArgumentException("no operation is called " + operation);
      }
    }

    /** A request that is on its way yet would be refused, and not given up. */
    private void awaitHolds(EdgeServer server) {
      URI metrics = URI.create("http://127.0.0.1:%d/metrics".formatted(server.operatorPort()));
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                try (InputStream text = metrics.toURL().openStream()) {
                  return new String(text.readAllBytes(), StandardCharsets.UTF_8)
                          .lines()
                          .filter(line -> line.startsWith(OPENED))
                          .mapToDouble(
                              line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                          .sum()
                      == asked;
                }
              });
    }

    private static void tell(Control record) throws Exception {
      byte[] key = UUID.randomUUID().toString().getBytes(StandardCharsets.UTF_8);
      controls.send(new ProducerRecord<>(Topics.CONTROL, key, record.toByteArray())).get();
    }
  }
}
