package dev.tailrace.edge.desk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tailrace.edge.agent.EdgeClock;
import dev.tailrace.infra.kafka.EmbeddedKafka;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.SlotMap;
import dev.tailrace.schemas.SlotMaps;
import dev.tailrace.schemas.Topics;
import dev.tailrace.support.config.Settings;
import dev.tailrace.support.control.ControlTopic;
import dev.tailrace.support.kafka.KafkaSettings;
import dev.tailrace.testing.KafkaTopics;
import dev.tailrace.v1.Event;
import dev.tailrace.v1.Inquiry;
import dev.tailrace.v1.Revocation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the desk does at a Kafka that does not let it do all. */
class DeskAtKafkaIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final TopicPartition CONTROL = new TopicPartition(Topics.CONTROL, 0);
  private static final TopicPartition EVENTS = new TopicPartition(Topics.EVENTS, 0);
  private static final String HIDDEN = "orders.hidden";
  private static final String GROUP = "dispatchers";
  private static final int TOO_LARGE = 2 << 20;

  private static EmbeddedKafka kafka;
  private static Admin admin;
  private static DeskClients clients;
  private static ControlTopic control;
  private static OperatorDesk desk;

  @BeforeAll
  static void start() throws Exception {
    kafka =
        EmbeddedKafka.start(
            0,
            null,
            Map.of(
                "authorizer.class.name",
                "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                "allow.everyone.if.no.acl.found",
                "true"));
    KafkaTopics.create(kafka.bootstrapServers(), 1, 1, 1);
    admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
    admin.createTopics(List.of(new NewTopic(HIDDEN, 1, (short) 1))).all().get();
    KafkaSettings settings =
        KafkaSettings.from(
            Settings.of(Map.of("kafka.bootstrap.servers", kafka.bootstrapServers())));
    clients = new DeskClients(settings);
    control = new ControlTopic(settings, "test-control", OperatorDesk.WRITE_TIMEOUT);
    desk =
        new OperatorDesk(
            settings,
            admin,
            List.of(Topics.EVENTS),
            GROUP,
            () -> SlotMaps.of(SlotMap.initial(1, 2)),
            EdgeClock.SYSTEM);
  }

  @AfterAll
  static void stop() {
    desk.close();
    control.close();
    admin.close();
    kafka.close();
  }

  @Test
  void shouldRefuseWhatItHasNoRightToWrite() throws Exception {
    deny(ResourceType.TOPIC, Topics.CONTROL, AclOperation.WRITE);
    deny(ResourceType.TOPIC, Topics.SLOTS, AclOperation.WRITE);
    try {
      OperatorActions actions = desk.actions();

      assertRefused(() -> actions.drain("edge-1", "run-1"), Topics.CONTROL);
      assertRefused(() -> actions.disconnect("ann", "of a test"), Topics.CONTROL);
      assertRefused(
          () ->
              actions.revoke(
                  Revocation.newBuilder().setSubject("ann").build(), Duration.ofHours(1)),
          Topics.CONTROL);
      assertRefused(() -> actions.isolate(Lane.CHANNELS, "scores"), Topics.SLOTS);
      assertRefused(() -> desk.user("ann"), Topics.CONTROL);
    } finally {
      allowAgain();
    }
    assertThat(desk.actions().drain("edge-1", "run-1")).contains("told to drain");
  }

  private static void assertRefused(ThrowingCallable call, String topic) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            RefusedException.class,
            e -> {
              assertThat(e.status()).isEqualTo(409);
              assertThat(e.code()).isEqualTo("refused");
            })
        .hasMessageContaining("this edge may not write " + topic);
  }

  @Test
  void shouldTakeBackInquiriesOfWhichNotAllCouldBeWritten() throws Exception {
    FleetInquiries fleet = new FleetInquiries(control, clients::consumer, EdgeClock.SYSTEM);
    List<Inquiry> inquiries =
        List.of(
            Inquiry.newBuilder().setId("written").setUser("ann").build(),
            Inquiry.newBuilder().setId("refused").setUser("a".repeat(TOO_LARGE)).build());

    assertThatThrownBy(() -> fleet.ask(inquiries)).isInstanceOf(KafkaAwayException.class);

    await("it is there, and taken back")
        .atMost(PATIENCE)
        .until(() -> sizes("inquiry/written").size() == 2);
    assertThat(sizes("inquiry/written").getFirst()).isPositive();
    assertThat(sizes("inquiry/written").getLast()).isZero();
    assertThat(sizes("inquiry/refused")).as("its taking back").containsExactly(0);
  }

  @Test
  void shouldTakeNothingForWaitingThatMayBeRouted() throws Exception {
    write(Event.newBuilder().setId("routed").build());
    write(Event.newBuilder().setId("waits").build());
    admin.alterConsumerGroupOffsets(GROUP, Map.of(EVENTS, new OffsetAndMetadata(1))).all().get();
    IngressSearch search =
        new IngressSearch(
            admin, clients::consumer, List.of(HIDDEN, Topics.EVENTS), GROUP, EdgeClock.SYSTEM);
    deny(ResourceType.TOPIC, HIDDEN, AclOperation.DESCRIBE);
    try {
      assertThat(search.find("routed")).isNull();
      assertThat(search.find("waits"))
          .as("another topic may not be seen")
          .containsEntry("topic", Topics.EVENTS)
          .containsEntry("offset", 1L)
          .containsEntry("committed_offset", 1L);
      assertThat(search.names().values()).containsExactly(Topics.EVENTS);

      deny(ResourceType.GROUP, GROUP, AclOperation.DESCRIBE);
      assertThat(search.find("waits")).as("what is committed is not known").isNull();
    } finally {
      allowAgain();
    }
  }

  /** Nobody may do this any more, and all else. */
  private static void deny(ResourceType type, String name, AclOperation operation)
      throws Exception {
    List<AclBinding> rules =
        List.of(
            rule(type, name, AclOperation.ALL, AclPermissionType.ALLOW),
            rule(type, name, operation, AclPermissionType.DENY));
    admin.createAcls(rules).all().get();
    await("the broker knows").atMost(PATIENCE).until(() -> rules().containsAll(rules));
  }

  private static AclBinding rule(
      ResourceType type, String name, AclOperation operation, AclPermissionType permission) {
    return new AclBinding(
        new ResourcePattern(type, name, PatternType.LITERAL),
        new AccessControlEntry("User:*", "*", operation, permission));
  }

  private static Collection<AclBinding> rules() throws Exception {
    return admin.describeAcls(AclBindingFilter.ANY).values().get();
  }

  private static void allowAgain() throws Exception {
    admin.deleteAcls(List.of(AclBindingFilter.ANY)).all().get();
    await("the broker knows").atMost(PATIENCE).until(() -> rules().isEmpty());
  }

  private static void write(Event event) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>(Topics.EVENTS, event.toByteArray())).get();
    }
  }

  /** Of the records of this key, in their order; 0 for one that takes them back. */
  private static List<Integer> sizes(String key) {
    List<Integer> sizes = new ArrayList<>();
    try (Consumer<byte[], byte[]> consumer = clients.consumer()) {
      consumer.assign(List.of(CONTROL));
      consumer.seekToBeginning(List.of(CONTROL));
      long end = consumer.endOffsets(List.of(CONTROL)).getOrDefault(CONTROL, 0L);
      while (consumer.position(CONTROL) < end) {
        for (ConsumerRecord<byte[], byte[]> one : consumer.poll(PATIENCE)) {
          if (new String(one.key(), StandardCharsets.UTF_8).equals(key)) {
            sizes.add(one.value() == null ? 0 : one.value().length);
          }
        }
      }
    }
    return sizes;
  }
}
