package dev.tailrace.edge.publish;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.ByteString;
import dev.tailrace.schemas.EventLimits;
import dev.tailrace.schemas.EventRules;
import dev.tailrace.v1.Event;

/** Whatever is posted is an event, or is refused in few words. */
class PublishBodyFuzz {
  private static final int LONGEST_REFUSAL = 1_000;

  @FuzzTest(maxDuration = "2m")
  void shouldReadAnEventOrSayWhatIsWrong(byte[] input) {
    Event event;
    try {
      event = PublishRequestParser.parse(input, PublishForm.REQUEST).event().build();
    } catch (MalformedPublishException e) {
      assertThat(e.detail()).isNotEmpty().hasSizeLessThan(LONGEST_REFUSAL);
      return;
    }
    assertThat(event.getData().size()).isLessThanOrEqualTo(input.length);
    assertThat(ByteString.copyFrom(event.toByteArray()).size()).isLessThan(8 * input.length + 64);
    EventRules.Violation violation = EventRules.check(event, EventLimits.DEFAULT);
    if (violation != null) {
      assertThat(violation.detail()).isNotEmpty().hasSizeLessThan(LONGEST_REFUSAL);
    }
  }
}
