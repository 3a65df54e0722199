package dev.tailrace.edge.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.support.config.Settings;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PublishConfigTest {
  private static int rate(Map<String, String> settings, boolean development) {
    return PublishConfig.from(Settings.of(settings), development).userRate();
  }

  @Test
  void shouldHoldUsersToARate() {
    assertThat(rate(Map.of(), false)).isEqualTo(50);
  }

  @Test
  void shouldHoldNobodyToOneInDevelopmentUnlessItIsSaid() {
    assertThat(rate(Map.of(), true)).isZero();
    assertThat(rate(Map.of("publish.user.rate", "5"), true)).isEqualTo(5);
  }
}
