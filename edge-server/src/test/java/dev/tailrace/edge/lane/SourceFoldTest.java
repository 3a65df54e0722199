package dev.tailrace.edge.lane;

import static dev.tailrace.edge.lane.Stamped.OTHER_TOPIC;
import static dev.tailrace.edge.lane.Stamped.TOPIC;
import static dev.tailrace.edge.lane.Stamped.stamp;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.tailrace.v1.Delivery;
import dev.tailrace.v1.SourceStamp;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SourceFoldTest {
  private final SourceFold fold = new SourceFold();
  private final DeliveryFields fields = DeliveryFields.ofAddressed(new KnownTexts());

  @Test
  void shouldTakeStampsThatRise() {
    assertThat(accept(stamp(TOPIC, 0, 0, 0))).isTrue();
    assertThat(accept(stamp(TOPIC, 0, 0, 1))).isTrue();
    assertThat(accept(stamp(TOPIC, 0, 0, 7))).isTrue();
    assertThat(accept(stamp(TOPIC, 0, 1, 0))).isTrue();
    assertThat(accept(stamp(TOPIC, 0, 900, 3))).isTrue();
  }

  @Test
  void shouldDropWhatIsNotAboveTheMark() {
    accept(stamp(TOPIC, 0, 10, 2));

    assertThat(accept(stamp(TOPIC, 0, 10, 2))).isFalse();
    assertThat(accept(stamp(TOPIC, 0, 10, 1))).isFalse();
    assertThat(accept(stamp(TOPIC, 0, 9, 3))).isFalse();
    assertThat(accept(stamp(TOPIC, 0, 10, 3))).isTrue();
  }

  @Test
  void shouldNotLowerTheMarkForWhatItDropped() {
    accept(stamp(TOPIC, 0, 10, 0));
    accept(stamp(TOPIC, 0, 3, 0));

    assertThat(accept(stamp(TOPIC, 0, 4, 0))).isFalse();
  }

  @Test
  void shouldKeepAMarkPerIngressPartitionAndTopicId() {
    accept(stamp(TOPIC, 0, 10, 0));

    assertThat(accept(stamp(TOPIC, 1, 1, 0))).isTrue();
    assertThat(accept(stamp(OTHER_TOPIC, 0, 1, 0))).isTrue();
    assertThat(accept(stamp(TOPIC, 0, 10, 0))).isFalse();
  }

  @Test
  void shouldTellTopicsApartByEachByteOfTheirIds() {
    for (int i = 0; i < 16; i++) {
      byte[] id = TOPIC.toByteArray();
      id[i]++;
      accept(stamp(TOPIC, 0, 10, 0));

      assertThat(accept(stamp(ByteString.copyFrom(id), 0, 1, 0))).as("byte %d", i).isTrue();
    }
  }

  @Test
  void shouldDropAWholeRunThatIsWrittenAgain() {
    IntStream.range(0, 50).forEach(i -> accept(stamp(TOPIC, 0, i, 0)));

    assertThat(IntStream.range(20, 55).filter(i -> accept(stamp(TOPIC, 0, i, 0))))
        .containsExactly(50, 51, 52, 53, 54);
  }

  private boolean accept(SourceStamp stamp) {
    try {
      fields.read(Delivery.newBuilder().setSource(stamp).build().toByteArray());
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
    return fold.accept(fields);
  }
}
