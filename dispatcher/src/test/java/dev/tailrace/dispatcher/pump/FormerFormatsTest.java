package dev.tailrace.dispatcher.pump;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import dev.tailrace.dispatcher.ingress.EventReader;
import dev.tailrace.dispatcher.ingress.IngressRecord;
import dev.tailrace.support.slots.SlotRecords;
import dev.tailrace.testing.GoldenRecords;
import dev.tailrace.v1.SlotRecord;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What former versions left in Kafka, as a dispatcher reads it. */
class FormerFormatsTest {
  @Test
  void shouldReadAnEvent() throws Exception {
    IngressRecord record = IngressRecord.of(GoldenRecords.bytes("event.bin"));

    Message event = new EventReader(List.of()).read(record).build();

    assertThat(event).isEqualTo(GoldenRecords.messages().get("event.bin"));
  }

  @Test
  void shouldReadACommit() {
    CommitMetadata commit =
        CommitMetadata.decode(GoldenRecords.text(GoldenRecords.COMMIT_METADATA));

    assertThat(commit)
        .isEqualTo(
            new CommitMetadata("ABEiM0RVZneImaq7zN3u_w", 1_795_497_882_000L, 1_795_497_882_873L));
  }

  /** One that is written again has to take the place of the former. */
  @Test
  void shouldFindTheRecordsOfTheSlotMapUnderTheirKeys() throws Exception {
    Map<String, String> keys = new TreeMap<>();
    for (String name : GoldenRecords.messages().keySet()) {
      if (name.startsWith("slots-")) {
        keys.put(name, SlotRecords.key(SlotRecord.parseFrom(GoldenRecords.bytes(name))));
      }
    }

    assertThat(keys)
        .isEqualTo(
            Map.of(
                "slots-grow.bin", "request/r-1",
                "slots-isolate.bin", "request/r-1",
                "slots-refusal.bin", "refusal/r-1",
                "slots-move.bin", "move/2",
                "slots-held.bin", "held/2/ABEiM0RVZneImaq7zN3u_w/5",
                "slots-passed.bin", "passed/2/ABEiM0RVZneImaq7zN3u_w/5",
                "slots-fence.bin", "fence/2",
                "slots-settlement.bin", "settled/2"));
  }
}
