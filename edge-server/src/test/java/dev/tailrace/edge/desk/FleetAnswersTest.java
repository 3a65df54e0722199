package dev.tailrace.edge.desk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.schemas.Topics;
import dev.tailrace.v1.Answer;
import dev.tailrace.v1.DispatcherReport;
import dev.tailrace.v1.EdgeReport;
import dev.tailrace.v1.Fleet;
import dev.tailrace.v1.ProcessReport;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

/** Who has answered, and who has not, as far as the edges are known. */
class FleetAnswersTest {
  private static final long NOW_MS = 1_000_000;
  private static final int LEASE_MS = 6_000;
  private static final Set<String> ONE = Set.of("q1");

  private final FleetAnswers fleet = new FleetAnswers(Set.of("q1", "q2"));

  @Test
  void shouldMissNobodyWhereNoEdgeIsKnownButThoseThatAnswered() {
    answer("q1", "edge-1", 3);

    assertThat(fleet.answered(ONE)).containsExactly("edge-1");
    assertThat(fleet.missing(ONE)).isEmpty();
    assertThat(fleet.isComplete()).as("others may come").isFalse();
  }

  @Test
  void shouldMissTheEdgesThatReportedAndDidNotAnswer() {
    report("edge-1", NOW_MS - 1_000);
    report("edge-2", NOW_MS - 1_000);
    answer("q1", "edge-1", 3);

    assertThat(fleet.answered(ONE)).containsExactly("edge-1");
    assertThat(fleet.missing(ONE)).containsExactly("edge-2");
  }

  @Test
  void shouldBeCompleteWhenEveryKnownEdgeHasAnsweredAll() {
    report("edge-1", NOW_MS);
    report("edge-2", NOW_MS);
    answer("q1", "edge-1", 0);
    answer("q1", "edge-2", 0);
    answer("q2", "edge-1", 0);
    assertThat(fleet.isComplete()).isFalse();

    answer("q2", "edge-2", 0);

    assertThat(fleet.isComplete()).isTrue();
    assertThat(fleet.missing(Set.of("q1", "q2"))).isEmpty();
  }

  @Test
  void shouldMissWhoHasAnsweredOnlyOneOfSeveral() {
    answer("q1", "edge-1", 0);
    answer("q1", "edge-2", 0);
    answer("q2", "edge-1", 0);

    assertThat(fleet.answered(Set.of("q1", "q2"))).containsExactly("edge-1");
    assertThat(fleet.missing(Set.of("q1", "q2"))).containsExactly("edge-2");
  }

  @Test
  void shouldNotKnowEdgesThatAreSilentOrGoneOrAreNoEdges() {
    report("silent", NOW_MS);
    report("gone", NOW_MS - LEASE_MS);
    report("gone", NOW_MS);
    fleet.onRecord(record("process/gone", null, NOW_MS));
    fleet.onRecord(
        record(
            "process/dispatcher-1",
            Fleet.newBuilder()
                .setReport(
                    ProcessReport.newBuilder()
                        .setProcess("dispatcher-1")
                        .setLeaseMs(LEASE_MS)
                        .setDispatcher(DispatcherReport.getDefaultInstance()))
                .build()
                .toByteArray(),
            NOW_MS));

    assertThat(fleet.missing(ONE)).isEmpty();
  }

  @Test
  void shouldKnowEdgesWhoseClocksDiffer() {
    for (int afterMs = 0; afterMs < 3 * LEASE_MS; afterMs += 2_000) {
      report("slow", NOW_MS - 3_600_000 + afterMs);
      report("fast", NOW_MS + 3_600_000 + afterMs);
    }

    assertThat(fleet.missing(ONE)).containsExactly("fast", "slow");
  }

  @Test
  void shouldRefuseWhatIsMeantForAnEdgeThatIsNotThere() {
    assertThat(fleet.refusal("edge-1", "run-1")).as("nobody is known").isEmpty();
    report("edge-1", NOW_MS);

    assertThat(fleet.refusal("edge-1", "")).isEmpty();
    assertThat(fleet.refusal("edge-1", "run-1")).contains("another run");
    assertThat(fleet.refusal("edge-2", "")).contains("no edge edge-2");
  }

  @Test
  void shouldHoldNoMoreNamesThanAFleetHas() {
    for (int i = 0; i <= 1_000; i++) {
      report("edge-" + i, NOW_MS);
      answer("q1", "other-" + i, 1);
    }
    report("e".repeat(201), NOW_MS);
    answer("q2", "e".repeat(201), 1);

    assertThat(fleet.to("q1")).hasSize(1_000);
    assertThat(fleet.to("q2")).isEmpty();
    assertThat(fleet.missing(Set.of("q2"))).hasSize(2_000);
  }

  @Test
  void shouldPassOverAnswersToOthersAndWhatIsDamaged() {
    answer("somebody else's", "edge-1", 3);
    fleet.onRecord(record("answer/q1/edge-1", new byte[] {(byte) 0xff}, NOW_MS));

    assertThat(fleet.to("q1")).isEmpty();
    assertThat(fleet.answered(ONE)).isEmpty();
  }

  private void report(String process, long atMs) {
    ProcessReport report =
        ProcessReport.newBuilder()
            .setProcess(process)
            .setLeaseMs(LEASE_MS)
            .setEdge(EdgeReport.getDefaultInstance())
            .build();
    fleet.onRecord(
        record(
            "process/" + process,
            Fleet.newBuilder().setReport(report).build().toByteArray(),
            atMs));
  }

  private void answer(String inquiry, String process, int count) {
    Answer answer =
        Answer.newBuilder()
            .setInquiry(inquiry)
            .setProcess(process)
            .setConnectionCount(count)
            .build();
    fleet.onRecord(
        record(
            "answer/%s/%s".formatted(inquiry, process),
            Fleet.newBuilder().setAnswer(answer).build().toByteArray(),
            NOW_MS));
  }

  private static ConsumerRecord<byte[], byte[]> record(String key, byte[] value, long atMs) {
    return new ConsumerRecord<>(
        Topics.FLEET,
        0,
        0,
        atMs,
        TimestampType.CREATE_TIME,
        key.length(),
        value == null ? -1 : value.length,
        key.getBytes(StandardCharsets.UTF_8),
        value,
        new RecordHeaders(),
        Optional.empty());
  }
}
