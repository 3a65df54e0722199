package dev.tailrace.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import dev.tailrace.v1.DeadLetter.Reason;
import dev.tailrace.v1.Event;
import org.junit.jupiter.api.Test;

class EventRulesTest {
  @Test
  void shouldAcceptAnEventThatHasNothingButAnAddress() {
    assertThat(EventRules.check(event().build(), EventLimits.DEFAULT)).isNull();
    assertThat(
            EventRules.check(
                Event.newBuilder().addChannels("$broadcast").build(), EventLimits.DEFAULT))
        .isNull();
  }

  @Test
  void shouldNameTheRuleThatIsBroken() {
    assertRefused(Event.newBuilder(), Reason.REASON_NO_ADDRESS);
    assertRefused(event().addChannels(""), Reason.REASON_BAD_ADDRESS);
    assertRefused(event().addChannels("a b"), Reason.REASON_BAD_ADDRESS);
    assertRefused(event().addChannels("$other"), Reason.REASON_BAD_ADDRESS);
    assertRefused(event().addUsers("$broadcast"), Reason.REASON_BAD_ADDRESS);
    assertRefused(event().addUsers("x".repeat(201)), Reason.REASON_BAD_ADDRESS);
    assertRefused(event().setType("error"), Reason.REASON_BAD_TYPE);
    assertRefused(event().setType("tailrace.gap"), Reason.REASON_BAD_TYPE);
    assertRefused(event().setType("a:b"), Reason.REASON_BAD_TYPE);
    assertRefused(
        event().setData(ByteString.copyFrom(new byte[(1 << 20) + 1])),
        Reason.REASON_DATA_TOO_LARGE);
    assertRefused(event().setId("x".repeat(20_000)), Reason.REASON_BAD_FIELD);
    assertRefused(
        event().setTime(Timestamp.newBuilder().setSeconds(Long.MAX_VALUE)),
        Reason.REASON_BAD_FIELD);
    assertRefused(event().setTtl(Duration.newBuilder().setSeconds(-1)), Reason.REASON_BAD_FIELD);
  }

  @Test
  void shouldCountAddressesAfterDuplicatesAreRemoved() {
    Event.Builder same = Event.newBuilder();
    Event.Builder many = Event.newBuilder();
    for (int i = 0; i < 10_000; i++) {
      same.addUsers("42");
      many.addUsers("user-" + i);
    }
    assertThat(EventRules.check(same.build(), EventLimits.DEFAULT)).isNull();
    assertRefused(many, Reason.REASON_TOO_MANY_ADDRESSES);
  }

  @Test
  void shouldNotLetABadNameIntoALogLineAsItIs() {
    EventRules.Violation violation =
        EventRules.check(
            event().addChannels("a\nb\u0000" + "c".repeat(500)).build(), EventLimits.DEFAULT);
    assertThat(violation).isNotNull();
    assertThat(violation.detail()).contains("a?b?ccc").hasSizeLessThan(200);
  }

  private static Event.Builder event() {
    return Event.newBuilder().addChannels("scores");
  }

  private static void assertRefused(Event.Builder event, Reason reason) {
    EventRules.Violation violation = EventRules.check(event.build(), EventLimits.DEFAULT);
    assertThat(violation).isNotNull();
    assertThat(violation.reason()).isEqualTo(reason);
  }
}
