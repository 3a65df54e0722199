package dev.tailrace.dispatcher.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import dev.tailrace.v1.DeadLetter.Reason;
import dev.tailrace.v1.Event;
import org.junit.jupiter.api.Test;

class HeaderEventsTest {
  @Test
  void shouldTakeTheValueAsDataAndTheRestFromHeaders() throws Exception {
    Event event =
        Written.value("{\"home\": 1.10}")
            .header("tailrace-user", "42, 43")
            .header("tailrace-channel", "scores")
            .header("tailrace-user", "44")
            .header("tailrace-id", "an earlier one")
            .header("tailrace-id", "e-1")
            .header("tailrace-type", "goal")
            .header("tailrace-time", "2026-11-24T09:30:00.5+01:00")
            .header("tailrace-ttl", "250ms")
            .header("tailrace-conflation-key", "match-7")
            .header("content-type", "application/json")
            .header("unrelated", ByteString.copyFrom(new byte[] {(byte) 0xff}))
            .read();

    assertThat(event)
        .isEqualTo(
            Event.newBuilder()
                .addUsers("42")
                .addUsers("43")
                .addUsers("44")
                .addChannels("scores")
                .setId("e-1")
                .setType("goal")
                .setTime(Timestamp.newBuilder().setSeconds(1_795_509_000).setNanos(500_000_000))
                .setTtl(Duration.newBuilder().setNanos(250_000_000))
                .setConflationKey("match-7")
                .setContentType("application/json")
                .setData(ByteString.copyFromUtf8("{\"home\": 1.10}"))
                .build());
  }

  @Test
  void shouldKeepEmptyNamesForTheRulesToRefuse() throws Exception {
    assertThat(Written.value("").header("tailrace-user", "a,").read().getUsersList())
        .containsExactly("a", "");
    assertThat(Written.value("").header("tailrace-user", "").read().getUsersList())
        .containsExactly("");
  }

  @Test
  void shouldRejectWhatItCannotRead() {
    Written.withoutValue()
        .header("tailrace-user", "42")
        .assertRejected(Reason.REASON_NOT_AN_EVENT, "the record has no value");
    Written.value("1")
        .header("tailrace-user", (ByteString) null)
        .assertRejected(Reason.REASON_BAD_FIELD, "the header tailrace-user has no value");
    Written.value("1")
        .header("tailrace-channel", ByteString.copyFrom(new byte[] {(byte) 0xc3}))
        .assertRejected(Reason.REASON_BAD_FIELD, "the header tailrace-channel is not UTF-8");
    Written.value("1")
        .header("tailrace-user", "42")
        .header("tailrace-ttl", "soon")
        .assertRejected(Reason.REASON_BAD_FIELD, "ttl is not a span of time");
    Written.value("1")
        .header("tailrace-user", "42")
        .header("tailrace-time", "yesterday")
        .assertRejected(Reason.REASON_BAD_FIELD, "yesterday");
    Written.value("1")
        .header("tailrace-user", "42")
        .header("tailrace-chanel", "scores")
        .assertRejected(Reason.REASON_BAD_FIELD, "there is no header tailrace-chanel");
  }
}
