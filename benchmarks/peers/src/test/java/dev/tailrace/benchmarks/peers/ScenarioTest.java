package dev.tailrace.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.benchmarks.LoadPlan;
import dev.tailrace.benchmarks.peers.PeerServer.Transport;
import dev.tailrace.benchmarks.peers.Scenario.Kind;
import dev.tailrace.benchmarks.peers.Scenario.Server;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScenarioTest {
  @Test
  void shouldBeReadFromItsName() {
    Scenario scenario = Scenario.of("broadcast-10000-sse");

    assertThat(scenario).isEqualTo(new Scenario(Kind.BROADCAST, 10_000, Transport.SSE));
    assertThat(scenario.name()).isEqualTo("broadcast-10000-sse");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "broadcast", "broadcast-ws", "parade-10-ws", "idle-10-poll"})
  void shouldRefuseOtherNames(String name) {
    assertThatThrownBy(() -> Scenario.of(name)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"personal-10000-ws", "alone-10000-ws"})
  void shouldGiveEachConnectionAUserWhenPersonal(String name) {
    LoadPlan plan = Scenario.of(name).plan();

    assertThat(plan.personal()).isTrue();
    assertThat(plan.addresses()).isEqualTo(10_000);
  }

  @Test
  void shouldBroadcastOnOneChannel() {
    LoadPlan plan = Scenario.of("broadcast-1000-ws").plan();

    assertThat(plan.personal()).isFalse();
    assertThat(plan.addresses()).isEqualTo(1);
  }

  @Test
  void shouldHaveOneInAHundredReadSlowlyButNotTheFirstTime() {
    Scenario scenario = Scenario.of("slow-1000-ws");

    assertThat(scenario.plan().slowShare()).isZero();
    assertThat(scenario.slowPlan().slowShare()).isEqualTo(0.01);
    assertThat(scenario.slowPlan().addresses()).isEqualTo(1);
  }

  /** Tailrace is measured at half of Nchan's maximum. */
  @Test
  void shouldMeasureNchanBeforeTailrace() {
    for (String name : new String[] {"broadcast-1000-ws", "broadcast-1000-sse"}) {
      assertThat(Scenario.of(name).servers()).startsWith(Server.NCHAN).endsWith(Server.TAILRACE);
    }
  }
}
