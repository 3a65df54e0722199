package dev.tailrace.dispatcher.pump;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class GroupLimitsTest {
  private static final Duration TWO_SECONDS = Duration.ofSeconds(2);

  @Test
  void shouldTakeWhatIsWantedWhereTheBrokersAllowIt() {
    assertThat(limits(broker("1000", "1800000")).nearest(TWO_SECONDS)).isEqualTo(TWO_SECONDS);
  }

  @Test
  void shouldTakeTheNearestOtherwise() {
    GroupLimits limits = limits(broker("6000", "1800000"));

    assertThat(limits.nearest(TWO_SECONDS)).isEqualTo(Duration.ofSeconds(6));
    assertThat(limits.nearest(Duration.ofHours(1))).isEqualTo(Duration.ofMinutes(30));
  }

  /** As in the middle of a rolling restart: any of them may be the coordinator. */
  @Test
  void shouldTakeWhatAllBrokersAllow() {
    assertThat(limits(broker("1000", "1800000"), broker("6000", "60000"), broker("3000", "90000")))
        .isEqualTo(new GroupLimits(Duration.ofSeconds(6), Duration.ofMinutes(1)));
  }

  @Test
  void shouldKnowNothingOfBrokersThatHideThem() {
    Config hiding = new Config(List.of(new ConfigEntry("node.id", "1")));

    assertThat(limits(hiding)).isNull();
    assertThat(limits(broker("no number", "60000"))).isNull();
    assertThat(limits(hiding, broker("1000", "60000"))).isNotNull();
  }

  private static @Nullable GroupLimits limits(Config... brokers) {
    GroupLimits limits = null;
    for (Config broker : brokers) {
      limits = GroupLimits.of(broker, limits);
    }
    return limits;
  }

  private static Config broker(String shortestMs, String longestMs) {
    return new Config(
        List.of(
            new ConfigEntry("group.min.session.timeout.ms", shortestMs),
            new ConfigEntry("group.max.session.timeout.ms", longestMs)));
  }
}
