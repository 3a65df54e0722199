package dev.tailrace.edge.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.edge.connection.SlowPolicy;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlowPoliciesTest {
  @Test
  void shouldTakeTheFirstPatternThatCoversAChannel() {
    SlowPolicies policies =
        SlowPolicies.parse("prices.gold=replay, prices.*=conflate,chat=skip,*=disconnect,x=skip");

    assertThat(policies.of(List.of("prices.gold"))).isEqualTo(SlowPolicy.REPLAY);
    assertThat(policies.of(List.of("prices.tin"))).isEqualTo(SlowPolicy.CONFLATE);
    assertThat(policies.of(List.of("chat"))).isEqualTo(SlowPolicy.SKIP);
    assertThat(policies.of(List.of("chats"))).isEqualTo(SlowPolicy.DISCONNECT);
    assertThat(policies.of(List.of("x"))).isEqualTo(SlowPolicy.DISCONNECT);
  }

  @Test
  void shouldReplayWhatNoPatternCovers() {
    assertThat(SlowPolicies.NONE.of(List.of("chat"))).isEqualTo(SlowPolicy.REPLAY);
    assertThat(SlowPolicies.parse("chat=skip").of(List.of("chat", "other")))
        .as("the one that leaves out least")
        .isEqualTo(SlowPolicy.REPLAY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"chat", "=skip", "chat=", "chat=drop", "a*b=skip", "chat=SKIP", "*=a=skip"})
  void shouldRefuseWhatIsNone(String text) {
    assertThatThrownBy(() -> SlowPolicies.parse("ok=skip," + text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + text + "'")
        .hasMessageContaining("replay, conflate, skip, disconnect");
  }
}
