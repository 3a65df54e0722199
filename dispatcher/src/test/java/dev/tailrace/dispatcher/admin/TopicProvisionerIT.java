package dev.tailrace.dispatcher.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.tailrace.dispatcher.config.DispatcherConfig;
import dev.tailrace.dispatcher.config.TopicConfig;
import dev.tailrace.infra.kafka.EmbeddedKafka;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.SlotMap;
import dev.tailrace.schemas.Topics;
import dev.tailrace.support.config.Settings;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TopicProvisionerIT {
  private static EmbeddedKafka kafka;
  private static Admin admin;

  @BeforeAll
  static void startKafka() {
    kafka = EmbeddedKafka.start();
    admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
  }

  @AfterAll
  static void stopKafka() {
    admin.close();
    kafka.close();
  }

  @AfterEach
  void deleteTopics() throws Exception {
    admin.deleteTopics(admin.listTopics().names().get()).all().get();
    await().until(() -> admin.listTopics().names().get().isEmpty());
  }

  @Test
  void shouldCreateWhatIsMissingAndAcceptItNextTime() throws Exception {
    SlotMap map = provision(Map.of("dev", "true"));
    assertThat(map.partitions(Lane.USERS)).isEqualTo(8);
    assertThat(map.partitions(Lane.CHANNELS)).isEqualTo(9);
    Map<String, TopicDescription> topics =
        admin
            .describeTopics(
                List.of(
                    Topics.EVENTS,
                    Topics.USERS,
                    Topics.CHANNELS,
                    Topics.DEAD_LETTERS,
                    Topics.CONTROL,
                    Topics.EDGES,
                    Topics.SLOTS,
                    Topics.FLEET))
            .allTopicNames()
            .get();
    assertThat(topics.get(Topics.EVENTS).partitions()).hasSize(8);
    for (String compacted : List.of(Topics.CONTROL, Topics.EDGES, Topics.SLOTS)) {
      assertThat(topics.get(compacted).partitions()).hasSize(1);
      assertThat(config(compacted, "cleanup.policy")).isEqualTo("compact");
    }
    for (String lane : List.of(Topics.USERS, Topics.CHANNELS)) {
      assertThat(config(lane, "message.timestamp.type")).isEqualTo("CreateTime");
      assertThat(config(lane, "message.timestamp.before.max.ms")).isEqualTo("20000");
      assertThat(config(lane, "message.timestamp.after.max.ms")).isEqualTo("5000");
      assertThat(config(lane, "max.message.bytes")).isEqualTo("2097152");
      assertThat(config(lane, "retention.ms")).isEqualTo("86400000");
      assertThat(config(lane, "unclean.leader.election.enable")).isEqualTo("false");
    }
    SlotMap again = provision(Map.of("dev", "true"));
    assertThat(again.partitions(Lane.USERS)).isEqualTo(8);
    assertThat(again.partitions(Lane.CHANNELS)).isEqualTo(9);
  }

  @Test
  void shouldRefuseAGrownLaneOfWhichNobodySaysWhatLiesWhere() throws Exception {
    provision(Map.of("dev", "true"));
    assertThat(provisioner(Map.of("dev", "true")).createGeneration("tailrace.channels.g2", 4))
        .isEmpty();
    assertThat(provision(Map.of("dev", "true")).version()).isEqualTo(1);
    admin.deleteTopics(List.of(Topics.SLOTS)).all().get();
    await().until(() -> !admin.listTopics().names().get().contains(Topics.SLOTS));
    assertThatThrownBy(() -> provision(Map.of("dev", "true")))
        .isInstanceOf(TopicRefusedException.class)
        .hasMessageContaining(
            "tailrace.slots is gone, which says what lies in tailrace.channels.g2");
  }

  @Test
  void shouldRefuseALaneThatPartitionsWereAddedTo() throws Exception {
    Map<String, String> settings = Map.of("dev", "true", "topics.users.partitions", "3");
    assertThat(provision(settings).partitions(Lane.USERS)).isEqualTo(3);
    admin.createPartitions(Map.of(Topics.USERS, NewPartitions.increaseTo(4))).all().get();
    await().until(() -> partitions(Topics.USERS) == 4);
    assertThatThrownBy(() -> provision(settings))
        .isInstanceOf(TopicRefusedException.class)
        .hasMessage(
            "topic tailrace.users: it has 4 partitions, topics.users.partitions is 3: with another"
                + " number users or channels would lie on other partitions than their history and"
                + " their clients' cursors. If partitions were added to it, delete the topic, with"
                + " its history; if it was created so, set topics.users.partitions=4");
  }

  private static int partitions(String topic) throws Exception {
    return admin
        .describeTopics(List.of(topic))
        .allTopicNames()
        .get()
        .get(topic)
        .partitions()
        .size();
  }

  @Test
  void shouldRefuseALaneThatTakesOldTimestampsAndSayWhatToRun() throws Exception {
    provision(Map.of("dev", "true"));
    alter(Topics.USERS, "message.timestamp.before.max.ms", "60000");
    assertThatThrownBy(() -> provision(Map.of("dev", "true")))
        .isInstanceOf(TopicRefusedException.class)
        .hasMessage(
            "topic tailrace.users: message.timestamp.before.max.ms is 60000, it must be 20000: run"
                + " kafka-configs.sh --bootstrap-server %s --alter --entity-type topics"
                    .formatted(kafka.bootstrapServers())
                + " --entity-name tailrace.users --add-config"
                + " message.timestamp.before.max.ms=20000");
    alter(Topics.USERS, "message.timestamp.before.max.ms", "20000");
    assertThat(provision(Map.of("dev", "true")).version()).isEqualTo(1);
  }

  @Test
  void shouldRefuseTopicsThatForgetByKey() throws Exception {
    admin
        .createTopics(
            List.of(
                new NewTopic(Topics.EVENTS, 1, (short) 1)
                    .configs(Map.of("cleanup.policy", "compact"))))
        .all()
        .get();
    assertThatThrownBy(() -> provision(Map.of("dev", "true")))
        .isInstanceOf(TopicRefusedException.class)
        .hasMessageStartingWith(
            "topic tailrace.events: cleanup.policy is compact, it must be delete: run ");
  }

  /** Nothing that is delivered rests on it. */
  @Test
  void shouldWorkWithoutTheTopicThatIsForPeopleWhoLook() throws Exception {
    admin
        .createTopics(
            List.of(
                new NewTopic(Topics.FLEET, 3, (short) 1)
                    .configs(Map.of("cleanup.policy", "compact"))))
        .all()
        .get();
    assertThat(provision(Map.of("dev", "true")).version()).isEqualTo(1);
    assertThat(provisioner(Map.of("dev", "true")).check())
        .extracting(TopicFinding::topic, TopicFinding::severity)
        .containsOnly(tuple(Topics.FLEET, TopicFinding.Severity.WARNING));
    String configs =
        " run kafka-configs.sh --bootstrap-server %s --alter --entity-type topics --entity-name tailrace.fleet --add-config "
            .formatted(kafka.bootstrapServers());
    assertThat(provisioner(Map.of("dev", "true")).check())
        .extracting(TopicFinding::text)
        .containsExactly(
            "cleanup.policy is compact, it must be delete:"
                + configs
                + "cleanup.policy=delete; consoles show less until then",
            "it has 3 partitions, as a broker may make it by itself, and one is used: run"
                + " kafka-topics.sh --bootstrap-server %s --delete --topic tailrace.fleet, and then"
                    .formatted(kafka.bootstrapServers())
                + " ./tailrace topics create",
            "retention.ms is 604800000, and the last minutes are read:"
                + configs
                + "retention.ms=600000");
    alter(Topics.FLEET, "retention.ms", "-1");
    assertThat(provisioner(Map.of("dev", "true")).check())
        .anyMatch(one -> one.text().startsWith("retention.ms is -1, and the last minutes"));
    alter(Topics.FLEET, "retention.ms", "86400000");
    assertThat(provisioner(Map.of("dev", "true")).check())
        .as("an operator may want to see a day")
        .noneMatch(one -> one.text().startsWith("retention.ms"));
  }

  @Test
  void shouldRefuseWhatMayLoseAcknowledgedRecordsOutsideDev() throws Exception {
    provision(Map.of("dev", "true"));
    Map<String, String> production = Map.of("topics.replication", "1");
    assertThatThrownBy(() -> provision(production))
        .isInstanceOf(TopicRefusedException.class)
        .hasMessageContaining("min.insync.replicas is 1, it must be at least 2");
    for (String topic : admin.listTopics().names().get()) {
      alter(topic, "min.insync.replicas", "2");
    }
    assertThat(provision(production).version()).isEqualTo(1);
    alter(Topics.CHANNELS, "unclean.leader.election.enable", "true");
    assertThatThrownBy(() -> provision(production))
        .isInstanceOf(TopicRefusedException.class)
        .hasMessageContaining("unclean.leader.election.enable is true, it must be false");
  }

  @Test
  void shouldWarnOfWhatClientsWillMissAndWorkWithIt() throws Exception {
    provision(Map.of("dev", "true"));
    alter(Topics.USERS, "retention.ms", "60000");
    alter(Topics.CHANNELS, "retention.bytes", "1000000");

    assertThat(provisioner(Map.of("dev", "true", "topics.replication", "3")).check())
        .filteredOn(finding -> finding.topic().startsWith("tailrace.users"))
        .extracting(TopicFinding::toString)
        .containsExactly(
            "topic tailrace.users: it has 1 replicas, topics.replication is 3: add replicas with"
                + " kafka-reassign-partitions.sh",
            "topic tailrace.users: retention.ms is 60000, it is to keep records for 86400000: run"
                + " kafka-configs.sh --bootstrap-server %s --alter --entity-type topics"
                    .formatted(kafka.bootstrapServers())
                + " --entity-name tailrace.users --add-config retention.ms=86400000");
    assertThat(provisioner(Map.of("dev", "true")).check())
        .allMatch(finding -> !finding.refused())
        .extracting(TopicFinding::topic)
        .containsExactly(Topics.CHANNELS, Topics.USERS);
    assertThat(provision(Map.of("dev", "true")).version()).isEqualTo(1);
  }

  @Test
  void shouldSayWhatIsMissingAndCreateNothingWhenItChecks() throws Exception {
    assertThat(provisioner(Map.of("dev", "true")).check())
        .hasSize(8)
        .allMatch(finding -> finding.refused() == !finding.topic().equals(Topics.FLEET))
        .first()
        .hasToString("topic tailrace.channels: it does not exist: run ./tailrace topics create");
    assertThat(admin.listTopics().names().get()).isEmpty();

    TopicProvisioner provisioner = provisioner(Map.of("dev", "true"));
    assertThat(provisioner.create()).hasSize(8);
    assertThat(provisioner.checkCreated()).isEmpty();
    assertThat(provisioner(Map.of("dev", "true")).create()).isEmpty();
  }

  /** As with a broker that learns of a topic a moment after the one that was asked to make it. */
  @Test
  void shouldWaitUntilAllThatItMadeIsSeen() {
    AtomicInteger unseen = new AtomicInteger();
    Admin late = lateFor(Topics.FLEET, unseen);
    TopicProvisioner provisioner =
        new TopicProvisioner(
            late, kafka.bootstrapServers(), config(Map.of("dev", "true")), Duration.ofSeconds(30));
    assertThat(provisioner.create()).hasSize(8);
    unseen.set(3);

    assertThat(provisioner.checkCreated()).isEmpty();
    assertThat(unseen).hasNonPositiveValue();
  }

  /** Does not know of this topic so many times. */
  private static Admin lateFor(String topic, AtomicInteger times) {
    return (Admin)
        Proxy.newProxyInstance(
            Admin.class.getClassLoader(),
            new Class<?>[] {Admin.class},
            (proxy, method, arguments) -> {
              boolean asked =
                  method.getName().equals("describeTopics")
                      && List.of(topic).equals(arguments[0])
                      && times.getAndDecrement() > 0;
              return method.invoke(admin, asked ? new Object[] {List.of("not.there")} : arguments);
            });
  }

  @Test
  void shouldSayThatThereAreTooFewBrokers() {
    assertThatThrownBy(() -> provision(Map.of()))
        .isInstanceOf(TopicRefusedException.class)
        .hasMessageContaining("creating topic tailrace.events with 3 replicas")
        .hasMessageContaining("topics.replication");
  }

  @Test
  void shouldSayThatNobodyAnswers() {
    Map<String, Object> impatient =
        Map.of(
            "bootstrap.servers", "127.0.0.1:1",
            "request.timeout.ms", 300,
            "default.api.timeout.ms", 300);
    try (Admin nowhere = Admin.create(impatient)) {
      TopicProvisioner provisioner =
          new TopicProvisioner(
              nowhere, "127.0.0.1:1", config(Map.of("dev", "true")), Duration.ofSeconds(1));
      assertThatThrownBy(provisioner::provision)
          .isInstanceOf(TopicRefusedException.class)
          .hasMessageStartingWith("no answer from Kafka at 127.0.0.1:1 within ");
    }
  }

  private static SlotMap provision(Map<String, String> settings) {
    return provisioner(settings).provision();
  }

  private static TopicProvisioner provisioner(Map<String, String> settings) {
    return new TopicProvisioner(
        admin, kafka.bootstrapServers(), config(settings), Duration.ofSeconds(30));
  }

  private static TopicConfig config(Map<String, String> settings) {
    return DispatcherConfig.from(Settings.of(new HashMap<>(settings))).topics();
  }

  private static String config(String topic, String name) throws Exception {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    return admin.describeConfigs(List.of(resource)).all().get().get(resource).get(name).value();
  }

  private static void alter(String topic, String name, String value) throws Exception {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    AlterConfigOp set = new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
    admin.incrementalAlterConfigs(Map.of(resource, List.of(set))).all().get();
    // The controller has acknowledged it; a broker shows it when it has read the metadata log.
    await().until(() -> config(topic, name).equals(value));
  }
}
