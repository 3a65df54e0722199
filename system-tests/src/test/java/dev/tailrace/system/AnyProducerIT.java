package dev.tailrace.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.infra.kafka.EmbeddedKafka;
import dev.tailrace.support.config.Settings;
import dev.tailrace.system.producers.CloudEventProducer;
import dev.tailrace.system.producers.EventProducer;
import dev.tailrace.system.producers.JsonProducer;
import dev.tailrace.system.producers.SchemaRegistryProducer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Runs the producers of the documentation: what each writes comes to a client. */
class AnyProducerIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String GOAL =
      "\\{\"channel\":\"scores\",\"id\":\"[\\w-]+\",\"type\":\"goal\",\"data\":\\{\"home\":%d,\"by\":\"%s\"},"
          + "\"cursor\":.*";
  private static final String CLOUD_EVENT =
      "\\{\"channel\":\"scores\",\"id\":\"[\\w-]+\",\"type\":\"com.example.goal\","
          + "\"data\":\\{\"home\":%d,\"by\":\"%s\"},\"attributes\":\\{\"source\":\"/stadium/7\"},"
          + "\"cursor\":.*";

  /** A producer in Java. */
  private interface Main {
    void run(String... args) throws Exception;
  }

  /**
   * A page of the documentation, with its producers.
   *
   * @param comes what a client receives of each event
   * @param nodeEvents how many the one on Node writes: of CloudEvents one in each mode
   */
  record Form(String page, Main java, String node, String comes, int nodeEvents) {
    @Override
    public String toString() {
      return page;
    }
  }

  static final List<Form> FORMS =
      List.of(
          new Form("event", EventProducer::main, "event.mjs", GOAL, 1),
          new Form("schema-registry", SchemaRegistryProducer::main, "schema-registry.mjs", GOAL, 1),
          new Form("cloudevents", CloudEventProducer::main, "cloudevents.mjs", CLOUD_EVENT, 2),
          new Form("json", JsonProducer::main, "json.mjs", GOAL, 1));

  @TempDir static Path folder;

  private static Platform platform;
  private static NodeProducer node;

  @BeforeAll
  static void start() throws Exception {
    EmbeddedKafka kafka = EmbeddedKafka.start();
    platform = Platform.start(kafka, fewPartitions(kafka.bootstrapServers()));
    Optional<Path> installed = NodeSseClient.node();
    if (installed.isPresent()) {
      node = NodeProducer.in(folder, installed.orElseThrow());
    }
  }

  /** What takes less time to start. */
  private static Settings fewPartitions(String bootstrapServers) {
    return Settings.of(
        Map.of(
            "dev", "true",
            "kafka.bootstrap.servers", bootstrapServers,
            "topics.ingress.partitions", "1",
            "topics.users.partitions", "1",
            "topics.channels.partitions", "2"));
  }

  @AfterAll
  static void stop() {
    if (platform != null) {
      platform.close();
    }
  }

  @ParameterizedTest
  @FieldSource("FORMS")
  void shouldBringWhatAProducerInJavaWrites(Form form) throws Exception {
    try (EventStream stream = follow("scores")) {
      form.java().run(platform.bootstrapServers());
      assertThat(awaitEvents(stream, 1)).singleElement().asString().matches(comes(form, 1, "java"));
    }
  }

  @ParameterizedTest
  @FieldSource("FORMS")
  void shouldBringWhatAProducerOnNodeWrites(Form form) throws Exception {
    Assumptions.assumeTrue(node != null, NodeSseClient.MISSING);
    try (EventStream stream = follow("scores")) {
      node.run(form.node(), platform.bootstrapServers());
      List<String> events = awaitEvents(stream, form.nodeEvents());
      for (int i = 0; i < form.nodeEvents(); i++) {
        assertThat(events.get(i)).matches(comes(form, i + 1, "node"));
      }
    }
  }

  @Test
  void shouldBringTheTraceContextToTheClient() throws Exception {
    String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    try (EventStream stream = follow("traced");
        KafkaProducer<String, String> producer =
            new KafkaProducer<>(
                Map.of("bootstrap.servers", platform.bootstrapServers()),
                new StringSerializer(),
                new StringSerializer())) {
      ProducerRecord<String, String> record =
          new ProducerRecord<>("tailrace.events", "any key", "1");
      record
          .headers()
          .add("tailrace-channel", "traced".getBytes(StandardCharsets.UTF_8))
          .add("traceparent", trace.getBytes(StandardCharsets.UTF_8));
      producer.send(record).get();
      assertThat(awaitEvents(stream, 1).getFirst())
          .contains("\"attributes\":{\"traceparent\":\"" + trace + "\"}");
    }
  }

  private static String comes(Form form, int home, String language) {
    return form.comes().formatted(home, language);
  }

  private static EventStream follow(String channel) throws Exception {
    EventStream stream = EventStream.open(platform.baseUrl() + "/v1/events?channel=" + channel, "");
    await("its first cursor").atMost(PATIENCE).until(() -> !stream.cursors().isEmpty());
    return stream;
  }

  private static List<String> awaitEvents(EventStream stream, int count) {
    await("%d events".formatted(count))
        .atMost(PATIENCE)
        .until(() -> stream.events().size() >= count);
    return stream.events();
  }
}
