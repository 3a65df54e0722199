package dev.tailrace.system.rehearsals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.schemas.Topics;
import dev.tailrace.system.faults.Servers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Kafka is gone, and another cluster holds copies of the lanes. */
class RestoreClusterRehearsal {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final List<String> COPIED =
      List.of(Topics.USERS, Topics.CHANNELS, Topics.CONTROL, Topics.SLOTS, Topics.DEAD_LETTERS);
  private static final List<String> LANES = List.of(Topics.USERS, Topics.CHANNELS);
  private static final Pattern CURSOR = Pattern.compile("^\\{\"cursor\":\"([^\"]*)\"");

  private final Steps steps = new Steps("restore from a copy of Kafka");

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void shouldGoOnFromCopiedLanes() throws Exception {
    try (Topology topology = Topology.start(Build.current())) {
      String eve = topology.token("eve");
      publish(topology, "seen");
      String cursor = cursor(awaitEvent(topology, "&since=earliest", "seen"));
      publish(topology, "missed");
      awaitEvent(topology, "&cursor=" + cursor, "missed");
      topology.tailrace("revoke", "--user", "eve").done();

      Servers before = topology.brokers();
      TopicCopies copies =
          new TopicCopies(topology.startOtherBrokers(), topology.bootstrapServers());
      topology.tailrace("topics", "create").done();
      steps.say("the other cluster has its topics");
      Map<String, String> limits = TopicCopies.allowAnyAge(topology.admin(), LANES);
      steps.say("copied {} records of {}", copies.copy(COPIED), COPIED);
      for (Map.Entry<String, String> limit : limits.entrySet()) {
        TopicCopies.setOldest(topology.admin(), limit.getKey(), limit.getValue());
      }
      steps.say("topics check: {}", topology.tailrace("topics", "check").done().strip());
      before.killAll();
      for (int i = 0; i < topology.moreDispatchers(); i++) {
        topology.dispatchers().kill(i);
      }
      for (int i = 0; i < topology.moreEdges(); i++) {
        topology.edges().kill(i);
      }
      steps.say("the cluster of before is gone, and all that used it");
      for (int i = 0; i < topology.moreDispatchers(); i++) {
        topology.startDispatcher(i);
      }
      for (int i = 0; i < topology.moreEdges(); i++) {
        topology.startEdge(i);
      }
      steps.say("dispatchers and edges run on the other one");

      String answer = awaitEvent(topology, "&cursor=" + cursor, "missed");
      assertThat(answer).contains("\"reason\":\"generation\"").contains("\"approximate\":true");
      steps.say("a client goes on from its cursor: {}", answer);
      assertThat(topology.history("news", eve, "").statusCode()).isEqualTo(401);
      publish(topology, "new");
      String later = awaitEvent(topology, "&cursor=" + cursor(answer), "new");
      assertThat(later).doesNotContain("\"id\":\"missed\"");
      steps.say("what is published now comes too: {}", later);
    }
  }

  private static void publish(Topology topology, String id) throws Exception {
    topology.tailrace("publish", "news", "--id", id).done();
  }

  /** The page of history that has it. */
  private static String awaitEvent(Topology topology, String from, String id) {
    String[] page = new String[1];
    await(id)
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(
            () -> {
              page[0] = topology.history("news", topology.token("ann"), from).body();
              return page[0].contains("\"id\":\"" + id + "\"");
            });
    return page[0];
  }

  private static String cursor(String page) {
    Matcher cursor = CURSOR.matcher(page);
    assertThat(cursor.find()).as(page).isTrue();
    return cursor.group(1);
  }
}
