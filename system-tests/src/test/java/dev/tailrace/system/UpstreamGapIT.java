package dev.tailrace.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.schemas.Topics;
import dev.tailrace.system.Follower.Transport;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/**
 * No dispatcher runs, and ingress retention takes what none has read: clients hear of that before
 * they get anything newer.
 */
class UpstreamGapIT {
  private static final String CHANNEL = "upstream.gap";
  private static final String GAP = "gap upstream";

  @Test
  void shouldTellEverybodyOnceOfWhatIngressLostAndThenGoOn() throws Exception {
    Map<Transport, String> cursors = new EnumMap<>(Transport.class);
    try (Platform platform = Platform.start();
        OutsideProducer producer = new OutsideProducer(platform.bootstrapServers());
        Followers there = Followers.open(platform.baseUrl(), CHANNEL, Map.of())) {
      try (Followers leaving = Followers.open(platform.baseUrl(), CHANNEL, Map.of())) {
        producer.toChannel(CHANNEL, 0, 10);
        there.await(10);
        leaving.await(10);
        leaving.leave(cursors, new EnumMap<>(Transport.class));
      }

      platform.stopDispatcher();
      producer.toChannel(CHANNEL, 10, 20);
      loseAllOfIngress(platform.bootstrapServers());
      producer.toChannel(CHANNEL, 20, 30);
      platform.startDispatcher();

      there.await(20);
      try (Followers back = Followers.open(platform.baseUrl(), CHANNEL, cursors)) {
        back.await(10);
        producer.toChannel(CHANNEL, 30, 31);
        there.await(21);
        back.await(11);
        for (Transport transport : Transport.values()) {
          assertTold(transport, there.story(transport), OutsideProducer.ids(0, 10));
          assertTold(transport, back.story(transport), List.of());
        }
      }
    }
  }

  /** On a connection once. A poll is one: every partition of two tells of it. */
  private static void assertTold(Transport transport, List<String> story, List<String> before) {
    int most = transport == Transport.POLL ? 2 : 1;
    assertThat(story.stream().filter(GAP::equals).count())
        .as("%s", story)
        .isBetween(1L, (long) most);
    assertThat(story.indexOf(GAP)).as("%s", story).isEqualTo(before.size());
    List<String> events = new ArrayList<>(before);
    events.addAll(OutsideProducer.ids(20, 31));
    assertThat(story.stream().filter(told -> !told.equals(GAP))).isEqualTo(events);
  }

  /** As retention does when it overtakes the dispatchers. */
  private static void loseAllOfIngress(String bootstrapServers) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
      Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
      admin
          .describeTopics(List.of(Topics.EVENTS))
          .allTopicNames()
          .get()
          .get(Topics.EVENTS)
          .partitions()
          .forEach(
              partition ->
                  ends.put(
                      new TopicPartition(Topics.EVENTS, partition.partition()),
                      OffsetSpec.latest()));
      Map<TopicPartition, RecordsToDelete> all = new HashMap<>();
      for (Map.Entry<TopicPartition, ListOffsetsResultInfo> end :
          admin.listOffsets(ends).all().get().entrySet()) {
        all.put(end.getKey(), RecordsToDelete.beforeOffset(end.getValue().offset()));
      }
      admin.deleteRecords(all).all().get();
    }
  }
}
