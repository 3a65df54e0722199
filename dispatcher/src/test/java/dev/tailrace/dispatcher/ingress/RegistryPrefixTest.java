package dev.tailrace.dispatcher.ingress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.tailrace.v1.DeadLetter.Reason;
import dev.tailrace.v1.Event;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegistryPrefixTest {
  private static final Event EVENT = Event.newBuilder().addChannels("scores").build();

  @ParameterizedTest
  @ValueSource(strings = {"00 0000002a 00", "00 ffffffff 00", "00 0000002a 02 00"})
  void shouldReadTheFirstMessageOfAnySchema(String prefix) throws Exception {
    assertThat(written(prefix).read()).isEqualTo(EVENT);
  }

  /** As {@code @kafkajs/confluent-schema-registry} 4.1.0 writes it. */
  @Test
  void shouldReadAMessageWithoutIndexes() throws Exception {
    assertThat(Written.value(bytes("00 0000002a 1a0673636f7265732204676f616c")).read())
        .isEqualTo(EVENT.toBuilder().setType("goal").build());
  }

  @ParameterizedTest
  @CsvSource({
    "00 0000002a 02 02, 1 message indexes, the second message of the file",
    "00 0000002a 04 00 02, 2 message indexes, a message within the first",
    "00 0000002a 01, -1 message indexes, less than none",
    "00 0000002a feffffff0f, '2,147,483,647 message indexes', more than there are bytes"
  })
  void shouldRejectAnotherMessage(String prefix, String detail, String what) {
    written(prefix).assertRejected(Reason.REASON_NOT_AN_EVENT, detail);
    written(prefix).assertRejected(Reason.REASON_NOT_AN_EVENT, "of schema 42");
  }

  @Test
  void shouldRejectAPrefixThatIsCutOff() {
    for (int length = 1; length <= 5; length++) {
      Written.value(ByteString.copyFrom(new byte[length]))
          .assertRejected(Reason.REASON_NOT_AN_EVENT, "ends after " + length + " bytes");
    }
    for (String cut :
        new String[] {"00 0000002a ff", "00 0000002a 02", "00 0000002a ffffffffffffffffffffff"}) {
      Written.value(bytes(cut)).assertRejected(Reason.REASON_NOT_AN_EVENT, "cut off or too long");
    }
  }

  /** An id of eight bytes, or of four, and its own name of the message. */
  @ParameterizedTest
  @ValueSource(
      strings = {"00 000000000000002a 07 0a05 4576656e74", "00 0000002a 07 0a05 4576656e74"})
  void shouldRejectWhatApicurioWritesUnlessToldOtherwise(String prefix) {
    RejectedRecordException rejected =
        catchThrowableOfType(RejectedRecordException.class, () -> written(prefix).read());
    assertThat(rejected.reason()).isEqualTo(Reason.REASON_NOT_AN_EVENT);
  }

  @Test
  void shouldReadAnEmptyMessageAsAnEventWithoutAddress() throws Exception {
    assertThat(Written.value(bytes("00 0000002a 00")).read()).isEqualTo(Event.getDefaultInstance());
  }

  @Test
  void shouldSayBehindWhichSchemaIsNoEvent() {
    Written.value(bytes("00 0000002a 00").concat(ByteString.copyFromUtf8("{\"a\":1}")))
        .assertRejected(
            Reason.REASON_NOT_AN_EVENT, "behind the prefix of schema 42 is no tailrace.v1.Event");
  }

  private static Written written(String prefix) {
    return Written.value(bytes(prefix).concat(EVENT.toByteString()));
  }

  private static ByteString bytes(String hex) {
    return ByteString.copyFrom(HexFormat.of().parseHex(hex.replace(" ", "")));
  }
}
