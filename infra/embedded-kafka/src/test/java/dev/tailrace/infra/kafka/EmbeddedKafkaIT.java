package dev.tailrace.infra.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedKafkaIT {
  @Test
  void shouldKeepTopicsInAKeptFolderAndRefuseASecondBrokerOnIt(@TempDir Path folder)
      throws Exception {
    Uuid created;
    try (EmbeddedKafka kafka = EmbeddedKafka.start(0, folder, Map.of())) {
      try (Admin admin = admin(kafka)) {
        admin.createTopics(List.of(new NewTopic("kept", 1, (short) 1))).all().get();
      }
      created = topicId(kafka);
      assertThatThrownBy(() -> EmbeddedKafka.start(0, folder, Map.of()))
          .isInstanceOf(EmbeddedKafkaException.class)
          .hasMessageContaining("in use by another process")
          .hasMessageContaining("--broker-data");
    }
    try (EmbeddedKafka kafka = EmbeddedKafka.start(0, folder, Map.of())) {
      assertThat(topicId(kafka)).isEqualTo(created);
    }
  }

  @Test
  void shouldSayWhatToDoWhenThePortIsTaken() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      assertThatThrownBy(() -> EmbeddedKafka.start(taken.getLocalPort(), null, Map.of()))
          .isInstanceOf(EmbeddedKafkaException.class)
          .hasMessageContaining("port " + taken.getLocalPort() + " on 127.0.0.1 is taken")
          .hasMessageContaining("--broker-port");
    }
  }

  private static Admin admin(EmbeddedKafka kafka) {
    return Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
  }

  private static Uuid topicId(EmbeddedKafka kafka) throws Exception {
    try (Admin admin = admin(kafka)) {
      return admin.describeTopics(List.of("kept")).allTopicNames().get().get("kept").topicId();
    }
  }
}
