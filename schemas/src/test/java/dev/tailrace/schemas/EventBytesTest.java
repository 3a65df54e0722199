package dev.tailrace.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import dev.tailrace.v1.Delivery;
import dev.tailrace.v1.Event;
import org.junit.jupiter.api.Test;

class EventBytesTest {
  private static final int UNKNOWN_FIELD = 1_000;

  @Test
  void shouldReadAnEventWithWhatItDoesNotKnow() throws Exception {
    Event event = nested(EventBytes.MAX_DEPTH);

    Event read = EventBytes.parse(event.toByteString()).build();

    assertThat(read).isEqualTo(event);
    byte[] delivery = Delivery.newBuilder().setEvent(read).build().toByteArray();
    assertThat(Delivery.parseFrom(delivery).getEvent()).isEqualTo(event);
  }

  /** Protobuf itself reads such an event, and no delivery that it lies in. */
  @Test
  void shouldRefuseAnEventThatNobodyCouldReadInADelivery() throws Exception {
    Event event = nested(100);
    byte[] delivery = Delivery.newBuilder().setEvent(event).build().toByteArray();

    assertThat(Event.parseFrom(event.toByteArray())).isEqualTo(event);
    assertThatThrownBy(() -> Delivery.parseFrom(delivery))
        .isInstanceOf(InvalidProtocolBufferException.class);
    assertThatThrownBy(() -> EventBytes.parse(event.toByteString()))
        .isInstanceOf(InvalidProtocolBufferException.class)
        .hasMessageContaining("too many levels of nesting");
    assertThatThrownBy(() -> EventBytes.parse(nested(EventBytes.MAX_DEPTH + 1).toByteString()))
        .isInstanceOf(InvalidProtocolBufferException.class);
  }

  @Test
  void shouldRefuseWhatIsNotAnEventToItsEnd() {
    ByteString cut = Event.newBuilder().addChannels("abc").build().toByteString().substring(0, 4);
    ByteString endOfAGroupThatNeverBegan = ByteString.copyFrom(new byte[] {0x0c});

    assertThatThrownBy(() -> EventBytes.parse(cut))
        .isInstanceOf(InvalidProtocolBufferException.class);
    assertThatThrownBy(() -> EventBytes.parse(endOfAGroupThatNeverBegan))
        .isInstanceOf(InvalidProtocolBufferException.class);
  }

  private static Event nested(int depth) {
    UnknownFieldSet fields = UnknownFieldSet.getDefaultInstance();
    for (int i = 0; i < depth; i++) {
      fields =
          UnknownFieldSet.newBuilder()
              .addField(UNKNOWN_FIELD, UnknownFieldSet.Field.newBuilder().addGroup(fields).build())
              .build();
    }
    return Event.newBuilder().addChannels("a").setUnknownFields(fields).build();
  }
}
