package dev.tailrace.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SlotHashTest {
  @Test
  void shouldKeepTheGoldenVectors() throws Exception {
    try (InputStream vectors =
        Objects.requireNonNull(SlotHash.class.getResourceAsStream("slot-vectors.json"))) {
      JsonNode all = JsonMapper.shared().readTree(vectors).get("vectors");
      assertThat(all.size()).isGreaterThan(20);
      for (JsonNode vector : all) {
        String address = vector.get("address").asString();
        assertThat(SlotHash.murmur2(address.getBytes(StandardCharsets.UTF_8)))
            .as("murmur2 of %s", address)
            .isEqualTo(vector.get("murmur2").asInt());
        assertThat(SlotHash.channelSlot(address))
            .as("slot of %s", address)
            .isEqualTo(vector.get("slot").asInt());
      }
    }
  }

  @Test
  void shouldHashAsKafkasJavaPartitionerDoes() {
    Random random = new Random(7);
    for (int i = 0; i < 10_000; i++) {
      byte[] bytes = new byte[random.nextInt(64)];
      random.nextBytes(bytes);
      assertThat(SlotHash.murmur2(bytes)).isEqualTo(Utils.murmur2(bytes));
    }
  }

  @Test
  void shouldKeepBroadcastOnAPartitionOfItsOwn() {
    SlotMap map = SlotMap.initial(8, 8);
    Set<Integer> others = new HashSet<>();
    for (int i = 0; i < 10_000; i++) {
      others.add(map.channelPartition("channel-" + i).partition());
    }
    assertThat(map.channelPartition(Channels.BROADCAST).partition()).isZero();
    assertThat(others).containsExactlyInAnyOrder(1, 2, 3, 4, 5, 6, 7);
  }

  @Test
  void shouldKnowOnlyItsOwnPartitions() {
    SlotMap map = SlotMap.initial(4, 1);
    assertThat(map.knows(new LanePartition(Lane.USERS, 1, 3))).isTrue();
    assertThat(map.knows(new LanePartition(Lane.USERS, 1, 4))).isFalse();
    assertThat(map.knows(new LanePartition(Lane.USERS, 2, 0))).isFalse();
    assertThat(map.channelPartition("a")).isEqualTo(map.channelPartition(Channels.BROADCAST));
  }
}
