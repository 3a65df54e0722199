package dev.tailrace.dispatcher.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.junit.jupiter.api.Test;

class GroupLimitsTest {
  private static final Duration TWO_SECONDS = Duration.ofSeconds(2);

  @Test
  void shouldTakeWhatIsWantedWhereTheBrokersAllowIt() {
    GroupLimits limits = GroupLimits.of(broker("1000", "1800000"));

    assertThat(limits.areKnown()).isTrue();
    assertThat(limits.nearest(TWO_SECONDS)).isEqualTo(TWO_SECONDS);
  }

  @Test
  void shouldTakeTheNearestOtherwise() {
    GroupLimits limits = GroupLimits.of(broker("6000", "1800000"));

    assertThat(limits.nearest(TWO_SECONDS)).isEqualTo(Duration.ofSeconds(6));
    assertThat(limits.nearest(Duration.ofHours(1))).isEqualTo(Duration.ofMinutes(30));
  }

  @Test
  void shouldTakeKafkasDefaultsForThoseOfABrokerThatHidesThem() {
    GroupLimits limits = GroupLimits.of(new Config(List.of(new ConfigEntry("node.id", "1"))));

    assertThat(limits).isEqualTo(GroupLimits.DEFAULTS);
    assertThat(limits.nearest(TWO_SECONDS)).isEqualTo(Duration.ofSeconds(6));
  }

  private static Config broker(String shortestMs, String longestMs) {
    return new Config(
        List.of(
            new ConfigEntry("group.min.session.timeout.ms", shortestMs),
            new ConfigEntry("group.max.session.timeout.ms", longestMs)));
  }
}
