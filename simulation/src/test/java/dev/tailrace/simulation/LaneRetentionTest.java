package dev.tailrace.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.v1.Delivery;
import dev.tailrace.v1.SourceStamp;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class LaneRetentionTest {
  private static final int FIRST = 10;

  /** A lane of events of one source partition, by their offsets there. */
  private static List<ConsumerRecord<byte[], byte[]>> lane(long... sources) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (long source : sources) {
      byte[] value =
          Delivery.newBuilder()
              .setSource(SourceStamp.newBuilder().setOffset(source))
              .build()
              .toByteArray();
      records.add(new ConsumerRecord<>("lane", 0, FIRST + records.size(), null, value));
    }
    return records;
  }

  private static long cut(long wanted, long committed, long... sources) {
    return LaneRetention.cut(
        lane(sources), FIRST + wanted, source -> source.getOffset() < committed);
  }

  @Test
  void shouldTakeWhatIsAskedFor() {
    assertThat(cut(2, 100, 1, 2, 3, 4)).isEqualTo(FIRST + 2);
    assertThat(cut(4, 100, 1, 2, 3, 4)).isEqualTo(FIRST + 4);
    assertThat(cut(0, 100, 1, 2, 3, 4)).isEqualTo(FIRST);
  }

  @Test
  void shouldTakeCopiesAlongWithTheFirstOfTheirKind() {
    assertThat(cut(1, 100, 1, 2, 3, 1, 4)).isEqualTo(FIRST + 4);
    assertThat(cut(2, 100, 1, 2, 1, 3, 2, 4)).isEqualTo(FIRST + 5);
  }

  @Test
  void shouldLeaveWhatIsNotCommitted() {
    assertThat(cut(4, 3, 1, 2, 3, 4)).isEqualTo(FIRST + 2);
  }

  /** What lies between the two is not committed, so both stay. */
  @Test
  void shouldLeaveTheFirstWhoseCopyCannotGo() {
    assertThat(cut(1, 3, 1, 2, 3, 1, 4)).isEqualTo(FIRST);
    assertThat(cut(2, 3, 0, 1, 2, 3, 1, 4)).isEqualTo(FIRST + 1);
  }

  @Test
  void shouldTakeAllOfAnEmptyLane() {
    assertThat(cut(2, 3)).isEqualTo(FIRST + 2);
  }
}
