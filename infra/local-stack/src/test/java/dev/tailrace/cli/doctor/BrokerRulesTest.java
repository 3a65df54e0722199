package dev.tailrace.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.cli.doctor.Finding.Level;
import dev.tailrace.dispatcher.config.DispatcherConfig;
import dev.tailrace.support.config.Settings;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BrokerRulesTest {
  private static final Map<String, String> GOOD =
      Map.ofEntries(
          Map.entry("offsets.retention.minutes", "10080"),
          Map.entry("group.min.session.timeout.ms", "2000"),
          Map.entry("group.max.session.timeout.ms", "1800000"),
          Map.entry("group.initial.rebalance.delay.ms", "3000"),
          Map.entry("producer.id.expiration.ms", "86400000"),
          Map.entry("transaction.max.timeout.ms", "900000"),
          Map.entry("message.max.bytes", "2097152"),
          Map.entry("socket.request.max.bytes", "104857600"),
          Map.entry("auto.create.topics.enable", "false"),
          Map.entry("offsets.topic.replication.factor", "3"),
          Map.entry("min.insync.replicas", "2"),
          Map.entry("unclean.leader.election.enable", "false"));

  private static DispatcherConfig config(Map<String, String> settings) {
    return DispatcherConfig.from(Settings.of(settings));
  }

  @Test
  void shouldFindNothingWhereAllIsAsNeededNorWhereNothingIsTold() {
    assertThat(BrokerRules.findings(GOOD, config(Map.of()))).isEmpty();
    assertThat(BrokerRules.findings(Map.of(), config(Map.of()))).isEmpty();
    assertThat(BrokerRules.findings(Map.of("min.insync.replicas", "?"), config(Map.of())))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "offsets.retention.minutes, 1439, WARNING, =1440 ",
    "group.min.session.timeout.ms, 6000, WARNING, =2000 ",
    "group.max.session.timeout.ms, 1999, PROBLEM, =2000 ",
    "group.initial.rebalance.delay.ms, 10001, WARNING, =3000 ",
    "producer.id.expiration.ms, 3599999, WARNING, =86400000",
    "transaction.max.timeout.ms, 900001, WARNING, =900000 ",
    "message.max.bytes, 1048588, WARNING, =2097152",
    "socket.request.max.bytes, 4194303, PROBLEM, =104857600 ",
    "auto.create.topics.enable, true, WARNING, =false ",
    "offsets.topic.replication.factor, 1, PROBLEM, =3 ",
    "min.insync.replicas, 1, PROBLEM, =2",
    "unclean.leader.election.enable, true, PROBLEM, =false"
  })
  void shouldFindEachThatIsNot(String key, String value, Level level, String mend) {
    Map<String, String> actual = new HashMap<>(GOOD);
    actual.put(key, value);

    assertThat(BrokerRules.findings(actual, config(Map.of())))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.level()).isEqualTo(level);
              assertThat(finding.text()).startsWith(key + " is " + value + ": ");
              assertThat(finding.mend()).contains(key + mend.strip());
            });
  }

  @Test
  void shouldHoldAgainstWhatIsConfigured() {
    assertThat(BrokerRules.findings(GOOD, config(Map.of("topics.lane.retention", "200h"))))
        .singleElement()
        .satisfies(finding -> assertThat(finding.mend()).contains("retention.minutes=12000"));
    Map<String, String> alone = new HashMap<>(GOOD);
    alone.put("offsets.topic.replication.factor", "1");
    alone.put("min.insync.replicas", "1");
    assertThat(BrokerRules.findings(alone, config(Map.of("dev", "true")))).isEmpty();
  }
}
