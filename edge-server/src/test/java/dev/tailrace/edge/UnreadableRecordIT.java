package dev.tailrace.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.client.Client;
import dev.tailrace.edge.client.ClientKind;
import dev.tailrace.schemas.LanePartition;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A lane record that cannot be read costs its partition a gap, and the others nothing. */
class UnreadableRecordIT extends EdgeFixture {
  private String elsewhere = "";

  @BeforeEach
  void nameAChannelElsewhere() {
    for (int i = 0; elsewhere.isEmpty(); i++) {
      if (!partition("elsewhere." + i).equals(partition("unreadable"))) {
        elsewhere = "elsewhere." + i;
      }
    }
  }

  @ParameterizedTest
  @EnumSource(ClientKind.class)
  void shouldTellOfGarbageAndGoOn(ClientKind kind) throws Exception {
    Client before = connect(kind, target("garbage.user", "unreadable"));
    before.close();
    Client live = connect(kind, target("garbage.user", "unreadable"));
    Client other = connect(kind, target("garbage.user", elsewhere));
    write("unreadable", 0, 3);
    writeGarbage(new byte[] {1, 2, 3});
    writeGarbage(null);
    write("unreadable", 3, 6);
    write(elsewhere, 0, 3);
    awaitEvents(live, 6);
    awaitEvents(other, 3);
    Client late =
        connect(
            kind,
            target("garbage.user", "unreadable").at(anotherEdge().port()).from(before.resume()));
    awaitEvents(late, 6);

    for (Client client : List.of(live, late)) {
      assertThat(of(client, "unreadable")).isEqualTo(names("unreadable", 0, 6));
      assertThat(client.gaps().stream().filter(gap -> gap.channels().contains("unreadable")))
          .extracting(Client.Gap::reason)
          .containsExactly("upstream", "upstream");
    }
    assertThat(of(other, elsewhere)).isEqualTo(names(elsewhere, 0, 3));
    assertThat(other.gaps()).noneMatch(gap -> gap.channels().contains(elsewhere));
  }

  @ParameterizedTest
  @EnumSource(ClientKind.class)
  void shouldTellOfADamagedRecordAndGoOn(ClientKind kind) throws Exception {
    Client before = connect(kind, target("damage.user", "unreadable"));
    before.close();
    Client reading = connect(kind, target("damage.user", "unreadable"));
    String damaged = "damaged-by-" + kind;
    lanes.toChannel("unreadable", event(damaged));
    write("unreadable", 0, 3);
    // Whoever comes begins where this edge has read to: behind it, once it has all of them.
    awaitLast(reading, "unreadable", "e2");
    damage(partition("unreadable"), damaged);
    Client live = connect(kind, target("damage.user", "unreadable", elsewhere));
    Client late =
        connect(
            kind,
            target("damage.user", "unreadable").at(anotherEdge().port()).from(before.resume()));
    awaitEvents(late, 3);
    write("unreadable", 3, 4);
    write(elsewhere, 0, 1);

    awaitLast(live, "unreadable", "e3");
    awaitLast(live, elsewhere, "e0");
    awaitLast(late, "unreadable", "e3");
    assertThat(of(late, "unreadable")).isEqualTo(names("unreadable", 0, 4));
    assertThat(late.gaps().stream().filter(gap -> gap.channels().contains("unreadable")))
        .extracting(Client.Gap::reason)
        .containsExactly("upstream");
    assertThat(live.gaps()).as("it began behind the damage").isEmpty();
  }

  private static LanePartition partition(String channel) {
    return lanes.slots().channelPartition(channel);
  }

  private static void writeGarbage(byte @Nullable [] value) throws Exception {
    LanePartition where = partition("unreadable");
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>(where.topic(), where.partition(), null, value)).get();
    }
  }

  /** Changes one byte of what the broker has on its disk. */
  private static void damage(LanePartition where, String id) throws IOException {
    Path segment =
        kafka
            .dataFolder()
            .resolve("log")
            .resolve(where.topic() + "-" + where.partition())
            .resolve("00000000000000000000.log");
    int at = new String(Files.readAllBytes(segment), StandardCharsets.ISO_8859_1).indexOf(id);
    assertThat(at).isPositive();
    try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
      file.seek(at);
      file.write('?');
    }
  }
}
