package dev.tailrace.edge.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.tailrace.edge.agent.EdgeClock;
import dev.tailrace.edge.auth.Authenticators;
import dev.tailrace.edge.auth.RequestAuthenticator;
import dev.tailrace.edge.auth.Tokens;
import dev.tailrace.edge.http.HttpConfig;
import dev.tailrace.edge.http.PublicPaths;
import dev.tailrace.edge.http.PublicServer;
import dev.tailrace.edge.http.PublishHandler;
import dev.tailrace.edge.http.Routes;
import dev.tailrace.edge.metrics.EdgeMetrics;
import dev.tailrace.infra.kafka.EmbeddedKafka;
import dev.tailrace.schemas.EventLimits;
import dev.tailrace.schemas.Topics;
import dev.tailrace.support.config.Settings;
import dev.tailrace.support.kafka.KafkaSettings;
import dev.tailrace.testing.KafkaTopics;
import dev.tailrace.testing.NestedEvent;
import dev.tailrace.v1.Event;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** Publishing over a real socket to a real broker, which is also taken away. */
class PublishIT {
  private static final int PARTITIONS = 3;
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.006Z");
  private static final String JSON = "application/json";

  private static EmbeddedKafka kafka;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final EdgeMetrics metrics = new EdgeMetrics();
  private PublishProducer producer;
  private PublicServer server;

  @BeforeAll
  static void startKafka() {
    kafka = EmbeddedKafka.start();
    KafkaTopics.create(kafka.bootstrapServers(), PARTITIONS, 1, 1);
  }

  @AfterAll
  static void stopKafka() {
    kafka.close();
  }

  @BeforeEach
  void start() throws Exception {
    start(Map.of("auth.hmac.secret", Tokens.SECRET, "publish.timeout", "10s"));
  }

  private void start(Map<String, String> settings) throws Exception {
    Map<String, String> values = new HashMap<>(settings);
    values.put("kafka.bootstrap.servers", kafka.bootstrapServers());
    values.put("edge.port", "0");
    Settings config = Settings.of(values);
    PublishConfig publish = PublishConfig.from(config, false);
    producer =
        PublishProducer.start(
            KafkaSettings.from(config), publish, metrics.publish(), InstantSource.system());
    RequestAuthenticator authenticator = Authenticators.of(config);
    EventPublisher publisher =
        new EventPublisher(
            producer,
            new PublishRate(publish, metrics.publish(), EdgeClock.SYSTEM),
            EventLimits.DEFAULT,
            () -> UUID.randomUUID().toString(),
            InstantSource.fixed(NOW));
    PublishHandler handler =
        new PublishHandler(
            authenticator, publisher, EventLimits.DEFAULT, publish.maxInFlightBytes());
    server =
        new PublicServer(
            HttpConfig.from(config),
            Routes.builder().route(PublicPaths.PUBLISH, handler, "POST").build());
    server.start();
  }

  @AfterEach
  void close() {
    client.close();
    stop();
    metrics.close();
  }

  private void stop() {
    server.close();
    producer.close();
  }

  @Test
  void shouldAnswerWhenKafkaHoldsTheEvent() throws Exception {
    HttpResponse<String> response =
        json("{\"channels\":[\"p.a\"],\"type\":\"goal\",\"data\":{\"n\": 1.10},\"id\":\"e-1\"}");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("{\"id\":\"e-1\"}");

    ConsumerRecord<byte[], byte[]> record = find("e-1");
    assertThat(record.key()).asString().isEqualTo("e-1");
    Event event = Event.parseFrom(record.value());
    assertThat(event.getChannelsList()).containsExactly("p.a");
    assertThat(event.getType()).isEqualTo("goal");
    assertThat(event.getData().toStringUtf8()).isEqualTo("{\"n\": 1.10}");
  }

  @Test
  void shouldMakeAnIdWhenThereIsNone() throws Exception {
    HttpResponse<String> response = json("{\"users\":[\"42\"],\"data\":1}");
    assertThat(response.statusCode()).isEqualTo(200);
    String id = JsonMapper.shared().readTree(response.body()).get("id").asString();
    assertThat(Event.parseFrom(find(id).value()).getUsersList()).containsExactly("42");
  }

  @Test
  void shouldTakeAnEventAsProtobufWithItsBytes() throws Exception {
    byte[] data = new byte[64 << 10];
    new Random(7).nextBytes(data);
    Event event =
        Event.newBuilder()
            .setId("e-proto")
            .addChannels("p.b")
            .setContentType("application/octet-stream")
            .setData(ByteString.copyFrom(data))
            .build();
    HttpResponse<String> response = post(event.toByteArray(), "application/x-protobuf");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(Event.parseFrom(find("e-proto").value()))
        .as("with what the edge says of it")
        .isEqualTo(
            event.toBuilder()
                .setTime(
                    Timestamp.newBuilder().setSeconds(NOW.getEpochSecond()).setNanos(NOW.getNano()))
                .putAttributes("tailrace-sender", "1")
                .build());
  }

  /** It would be written, and come out at the edges as a gap. */
  @Test
  void shouldRefuseAnEventNestedSoDeepThatItsDeliveryCouldNotBeRead() throws Exception {
    Event event = NestedEvent.of("p.a", 100);
    assertProblem(post(event.toByteArray(), "application/x-protobuf"), 400, "malformed");
  }

  @Test
  void shouldTakeDataUpToItsLimitInWhateverForm() throws Exception {
    String most = "x".repeat(EventLimits.DEFAULT.maxDataBytes() - 2);
    assertThat(json("{\"channels\":[\"p.a\"],\"data\":\"" + most + "\"}").statusCode())
        .isEqualTo(200);
    assertProblem(
        json("{\"channels\":[\"p.a\"],\"data\":\"x" + most + "\"}"), 413, "data_too_large");
    assertProblem(
        json("{\"channels\":[\"p.a\"],\"data\":\"" + most + most + "\"}"), 413, "body_too_large");
    // Within what the edge reads on and throws away: beyond it the connection may be cut before the
    // answer is read, which no client can tell from a broken one.
    assertProblem(post(new byte[6 << 20], "application/x-protobuf"), 413, "body_too_large");
  }

  @Test
  void shouldRefuseWhatIsNoEvent() throws Exception {
    assertProblem(json("{\"channels\":[\"p.a\"],\"dta\":1}"), 400, "malformed");
    assertThat(json("{\"channels\":[\"p.a\"],\"dta\":1}").body())
        .contains("unknown member \\\"dta\\\"");
    assertProblem(json("{"), 400, "malformed");
    assertProblem(json(""), 400, "malformed");
    assertProblem(post(new byte[] {1, 2, 3}, "application/x-protobuf"), 400, "malformed");
    assertProblem(json("{\"type\":\"a\"}"), 400, "no_address");
    assertProblem(json("{\"channels\":[\"a b\"]}"), 400, "bad_address");
    assertProblem(json("{\"channels\":[\"p.a\"],\"type\":\"open\"}"), 400, "bad_type");
    String many = String.join("\",\"", IntStream.range(0, 10_000).mapToObj(i -> "p." + i).toList());
    assertProblem(json("{\"channels\":[\"" + many + "\"]}"), 400, "too_many_addresses");
  }

  @Test
  void shouldAskForATokenAndItsGrants() throws Exception {
    String body = "{\"channels\":[\"p.a\"]}";
    HttpResponse<String> nobody =
        client.send(
            request(JSON).POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
    assertProblem(nobody, 401, "missing");
    assertThat(nobody.headers().firstValue("WWW-Authenticate")).contains("Bearer");
    HttpResponse<String> forged =
        client.send(
            request(JSON)
                .header("Authorization", "Bearer " + Tokens.publishing("1", "*") + "x")
                .POST(BodyPublishers.ofString(body))
                .build(),
            BodyHandlers.ofString());
    assertThat(forged.statusCode()).isEqualTo(401);

    HttpResponse<String> reader =
        client.send(
            request(JSON)
                .header("Authorization", "Bearer " + Tokens.subscribing("1", "*"))
                .POST(BodyPublishers.ofString("not even looked at"))
                .build(),
            BodyHandlers.ofString());
    assertProblem(reader, 403, "not_granted");

    HttpResponse<String> channel = json("{\"channels\":[\"p.a\",\"q.a\"]}");
    assertProblem(channel, 403, "not_granted");
    assertThat(channel.body()).contains("\"channel\":\"q.a\"");
    assertProblem(json("{\"channels\":[\"$broadcast\"]}"), 403, "not_granted");
    HttpResponse<String> user = json("{\"users\":[\"42\",\"43\"]}");
    assertProblem(user, 403, "not_granted");
    assertThat(user.body()).contains("\"channel\":\"$user/43\"");
  }

  @Test
  void shouldTakeATokenFromTheQuery() throws Exception {
    URI uri =
        URI.create(
            "http://127.0.0.1:%d/v1/publish?access_token=%s"
                .formatted(server.port(), Tokens.publishing("1", "p.*")));
    HttpResponse<String> response =
        client.send(
            HttpRequest.newBuilder(uri)
                .header("Content-Type", "application/json; charset=UTF-8")
                .POST(BodyPublishers.ofString("{\"channels\":[\"p.a\"]}"))
                .build(),
            BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(200);
  }

  @Test
  void shouldRefuseOtherMediaTypesAndMethods() throws Exception {
    byte[] body = "{\"channels\":[\"p.a\"]}".getBytes(StandardCharsets.UTF_8);
    HttpResponse<String> text = post(body, "text/plain");
    assertProblem(text, 415, "unsupported_media_type");
    assertThat(text.headers().firstValue("Accept"))
        .contains("application/json, application/x-protobuf");
    assertProblem(post(body, "application/json; charset=utf-16"), 415, "unsupported_media_type");
    HttpResponse<String> get = client.send(request(JSON).GET().build(), BodyHandlers.ofString());
    assertProblem(get, 405, "method_not_allowed");
    assertThat(get.headers().firstValue("Allow")).contains("POST, OPTIONS");
  }

  @Test
  void shouldSayWhenKafkaIsAwayAndGoOnWhenItIsBack() throws Exception {
    assertThat(json("{\"channels\":[\"p.a\"]}").statusCode()).isEqualTo(200);
    stop();
    start(Map.of("auth.hmac.secret", Tokens.SECRET, "publish.timeout", "1s"));
    kafka.pause();
    try {
      HttpResponse<String> away = json("{\"channels\":[\"p.a\"],\"id\":\"away\"}");
      assertProblem(away, 503, "timeout");
      assertThat(away.headers().firstValue("Retry-After")).contains("5");
    } finally {
      kafka.resume();
    }
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> json("{\"channels\":[\"p.a\"],\"id\":\"back\"}").statusCode() == 200);
    assertThat(find("back")).isNotNull();
  }

  private static void assertProblem(HttpResponse<String> response, int status, String code) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(response.body()).contains("\"code\":\"" + code + "\"");
  }

  private HttpResponse<String> json(String body) throws Exception {
    return post(body.getBytes(StandardCharsets.UTF_8), JSON);
  }

  private HttpResponse<String> post(byte[] body, String mediaType) throws Exception {
    return client.send(
        request(mediaType)
            .header("Authorization", "Bearer " + Tokens.publishing("1", "p.*", "$user/42"))
            .POST(BodyPublishers.ofByteArray(body))
            .build(),
        BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String mediaType) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/v1/publish"))
        .header("Content-Type", mediaType);
  }

  private static ConsumerRecord<byte[], byte[]> find(String id) throws Exception {
    Map<String, Object> properties =
        Map.of("bootstrap.servers", kafka.bootstrapServers(), "max.partition.fetch.bytes", 8 << 20);
    List<TopicPartition> partitions =
        IntStream.range(0, PARTITIONS).mapToObj(p -> new TopicPartition(Topics.EVENTS, p)).toList();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      // What was acknowledged lies below the ends: reading that far is enough.
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
          if (Event.parseFrom(record.value()).getId().equals(id)) {
            return record;
          }
        }
      }
    }
    throw new AssertionError("no event " + id);
  }
}
