package dev.tailrace.edge.catchup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.agent.ManualClock;
import dev.tailrace.edge.catchup.CatchUpAllowance.Holder;
import java.net.InetAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CatchUpAllowanceTest {
  private final ManualClock clock = new ManualClock();
  private final CatchUpAllowance allowance =
      new CatchUpAllowance(new CatchUpConfig(1_000, 5_000), clock);

  @Test
  void shouldHaveNothingLeftForAUserWhoseShareIsUsedUp() {
    Holder ann = new Holder("ann", null);
    allowance.charge(ann, 999);
    assertThat(allowance.hasLeft(ann)).isTrue();

    allowance.charge(ann, 1);

    assertThat(allowance.hasLeft(ann)).isFalse();
    assertThat(allowance.hasLeft(new Holder("bob", null))).isTrue();
  }

  @Test
  void shouldGiveTheShareBackEvenlyOverAnHour() {
    Holder ann = new Holder("ann", null);
    allowance.charge(ann, 1_500);
    clock.advance(Duration.ofMinutes(29));
    assertThat(allowance.hasLeft(ann)).isFalse();
    clock.advance(Duration.ofMinutes(2));
    assertThat(allowance.hasLeft(ann)).isTrue();
  }

  @Test
  void shouldCountAllClientsOfANetwork() {
    for (int i = 0; i < 5; i++) {
      allowance.charge(new Holder("user-" + i, "0a000001"), 999);
    }
    assertThat(allowance.hasLeft(new Holder("new", "0a000001"))).isTrue();
    allowance.charge(new Holder(null, "0a000001"), 5);

    assertThat(allowance.hasLeft(new Holder("new", "0a000001"))).isFalse();
    assertThat(allowance.hasLeft(new Holder("new", "0a000002"))).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, ",
    "::1, ",
    "10.1.2.3, 0a010203",
    "2001:db8:1:2:3:4:5:6, 20010db800010002",
    "2001:db8:1:2:ffff::1, 20010db800010002",
  })
  void shouldKnowTheNetworkOfAnAddress(String address, String network) throws Exception {
    assertThat(CatchUpAllowance.network(InetAddress.getByName(address))).isEqualTo(network);
  }

  @Test
  void shouldForgetThoseWhoHaveAllOfTheirShare() {
    for (int i = 0; i < 1_000; i++) {
      allowance.charge(new Holder("user-" + i, null), 10);
    }
    clock.advance(Duration.ofHours(1));
    for (int i = 0; i < 30; i++) {
      allowance.charge(new Holder("late", null), 10);
    }

    assertThat(allowance.size()).isEqualTo(1);
  }
}
