package dev.tailrace.edge.console;

import static dev.tailrace.edge.console.Reported.STARTED;
import static dev.tailrace.edge.console.Reported.dispatcher;
import static dev.tailrace.edge.console.Reported.edge;
import static dev.tailrace.edge.console.Reported.key;
import static dev.tailrace.edge.console.Reported.latency;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import dev.tailrace.support.fleet.FleetProcess;
import dev.tailrace.v1.FollowedPartition;
import dev.tailrace.v1.HotAddress;
import dev.tailrace.v1.ProcessReport;
import dev.tailrace.v1.SourcePartitionReport;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What is read, with a clock that is set by hand. */
class FleetViewTest {
  private static final byte[] NOTHING = {};

  private long nowMs = 7_000;
  private final FleetView view = new FleetView(() -> nowMs);

  @Test
  void shouldShowAFleetOfOneAndRatesFromTheSecondReportOn() {
    says(edge("edge-1", 100));
    JsonNode first = snapshot();
    assertThat(first.at("/totals/edges").asInt()).isOne();
    assertThat(first.at("/totals/connections").asInt()).isEqualTo(4);
    assertThat(first.at("/totals/deliveries_per_s").isNull()).isTrue();
    assertThat(first.at("/edges/0/deliveries_per_s").isNull()).isTrue();
    assertThat(first.at("/latency/p50_ms").isNull()).isTrue();
    assertThat(first.at("/totals/ingress_per_s").asDouble()).isZero();

    passes(2_000);
    says(edge("edge-1", 102));
    passes(500);
    JsonNode json = snapshot();
    assertThat(json.at("/at").asString()).isEqualTo("2026-11-30T10:00:00Z");
    assertThat(json.at("/kafka").toString()).isEqualTo("{\"reachable\":true,\"silent_ms\":500}");
    assertThat(json.at("/edges/0").toString())
        .isEqualTo(
            ("{'process':'edge-1','instance':'first','version':'1.0',"
                    + "'started':'2026-11-30T10:00:00Z','seen_ms':500,'state':'ready',"
                    + "'waiting_for':[],'public_url':'','zone':'','connections':{'total':4,"
                    + "'max':100,'by_transport':{'sse':3,'websocket':1,'poll':0},"
                    + "'by_state':{'live':3,'catching_up':0,'lagging':1,'opening':0}},"
                    + "'deliveries_per_s':10.0,'delivered_bytes_per_s':1000.0,"
                    + "'records_per_s':5.0,'published_per_s':2.0,'gaps_per_s':1.0,"
                    + "'slow_per_s':3.0,'partitions':0,'lag':0,"
                    + "'latency':{'p50_ms':null,'p99_ms':null},'heap_used':1,'heap_max':2}")
                .replace('\'', '"'));
    assertThat(json.at("/gaps").toString()).isEqualTo("{\"retention\":102}");
    assertThat(json.at("/slow").toString()).isEqualTo("{\"replay\":306}");
    assertThat(json.at("/closed").toString()).isEqualTo("{\"client\":100}");
  }

  @Test
  void shouldAddUpAFleetOfFifty() {
    for (int afterS : List.of(10, 12)) {
      for (int i = 0; i < 50; i++) {
        says(edge("edge-" + i, afterS));
      }
      for (int i = 0; i < 3; i++) {
        ProcessReport.Builder report = dispatcher("dispatcher-" + i, afterS);
        report.getDispatcherBuilder().addPartitions(source(5, 12));
        says(report);
      }
      passes(2_000);
    }

    assertThat(snapshot().at("/totals").toString())
        .isEqualTo(
            ("{'edges':50,'dispatchers':3,'silent':0,'connections':200,"
                    + "'deliveries_per_s':500.0,'delivered_bytes_per_s':50000.0,"
                    + "'records_per_s':250.0,'published_per_s':100.0,'ingress_per_s':60.0,"
                    + "'gaps_per_s':50.0,'slow_per_s':150.0,'dead_letters':12,"
                    + "'ingress_lag':21,'delivery_lag':0}")
                .replace('\'', '"'));
    assertThat(snapshot().at("/edges")).hasSize(50);
    assertThat(snapshot().at("/dispatchers/2").toString())
        .isEqualTo(
            ("{'process':'dispatcher-2','instance':'first','version':'1.0',"
                    + "'started':'2026-11-30T10:00:00Z','seen_ms':2000,'state':'ready',"
                    + "'waiting_for':[],'records_per_s':20.0,'deliveries_per_s':40.0,"
                    + "'dead_letters':4,'upstream_gaps':0,'restarts':0,'held_ms':0,"
                    + "'slot_map_version':2,'partitions':1,'lag':7,'heap_used':1,'heap_max':2}")
                .replace('\'', '"'));
  }

  @Test
  void shouldKeepTheNameOfAnEdgeThatVanishesForAMinuteAndCountItNowhere() {
    both(10);
    both(12);
    passes(6_000, "edge-2");
    assertThat(edgeOf(snapshot(), "edge-1").at("/state").asString()).isEqualTo("ready");
    passes(100, "edge-2");

    JsonNode json = snapshot();
    JsonNode gone = edgeOf(json, "edge-1");
    assertThat(gone.at("/state").asString()).isEqualTo("silent");
    assertThat(gone.at("/seen_ms").asInt()).isEqualTo(6_100);
    assertThat(gone.at("/deliveries_per_s").isNull()).isTrue();
    assertThat(gone.at("/connections/total").asInt()).as("as it was").isEqualTo(4);
    assertThat(json.at("/totals/edges").asInt()).isOne();
    assertThat(json.at("/totals/silent").asInt()).isOne();
    assertThat(json.at("/totals/connections").asInt()).isEqualTo(4);
    assertThat(json.at("/totals/deliveries_per_s").asDouble()).isEqualTo(10.0);
    assertThat(json.at("/gaps/retention").asLong()).isEqualTo(lastS);

    passes(59_900, "edge-2");
    assertThat(edgeOf(snapshot(), "edge-1").at("/seen_ms").asInt()).isEqualTo(66_000);
    passes(100, "edge-2");
    assertThat(edgeOf(snapshot(), "edge-1").isMissingNode()).isTrue();
    assertThat(view.processes()).hasSize(1);
  }

  @Test
  void shouldForgetAtOnceWhoStopsProperly() {
    both(10);
    view.onRecord(key("edge-1"), null, 0);

    assertThat(edgeOf(snapshot(), "edge-1").isMissingNode()).isTrue();
    assertThat(snapshot().at("/totals/silent").asInt()).isZero();
  }

  @Test
  void shouldNotCompareAProcessWithTheOneBeforeItsRestart() {
    says(edge("edge-1", 10));
    says(edge("edge-1", 12));
    says(edge("edge-1", 14).setInstance("second"));
    assertThat(snapshot().at("/edges/0/instance").asString()).isEqualTo("second");
    assertThat(snapshot().at("/edges/0/deliveries_per_s").isNull()).isTrue();

    says(edge("edge-1", 16).setInstance("second"));
    assertThat(snapshot().at("/edges/0/deliveries_per_s").asDouble()).isEqualTo(10.0);
  }

  @Test
  void shouldTellWhoIsNotReadyAndWhoDrains() {
    says(edge("edge-1", 10).addWaitingFor("keys"));
    assertThat(snapshot().at("/edges/0/state").asString()).isEqualTo("not_ready");
    assertThat(snapshot().at("/edges/0/waiting_for").toString()).isEqualTo("[\"keys\"]");

    ProcessReport.Builder draining = edge("edge-1", 12).addWaitingFor("edge");
    draining.getEdgeBuilder().setDraining(true);
    says(draining);
    assertThat(snapshot().at("/edges/0/state").asString()).isEqualTo("draining");
  }

  @Test
  void shouldTakeNobodyForSilentWhileKafkaIsAway() {
    both(10);
    both(12);
    nowMs += 4_999;
    assertThat(snapshot().at("/kafka/reachable").asBoolean()).isTrue();
    nowMs += 1;
    assertThat(snapshot().at("/kafka/reachable").asBoolean()).isFalse();

    nowMs += 600_000;
    JsonNode json = snapshot();
    assertThat(json.at("/kafka").toString())
        .isEqualTo("{\"reachable\":false,\"silent_ms\":605000}");
    assertThat(json.at("/totals/edges").asInt()).as("all else is as it was").isEqualTo(2);
    assertThat(json.at("/edges/0/seen_ms").asInt()).isEqualTo(2_500);

    says(edge("edge-2", 620)); // it is back
    assertThat(edgeOf(snapshot(), "edge-1").at("/state").asString()).isEqualTo("ready");
    passes(3_600, "edge-2");
    assertThat(edgeOf(snapshot(), "edge-1").at("/state").asString())
        .as("it died meanwhile")
        .isEqualTo("silent");
  }

  @Test
  void shouldNotTakeItsBeginningForKafkaBeingThere() {
    view.onTurn(false);
    assertThat(snapshot().at("/kafka/reachable").asBoolean()).isFalse();
    assertThat(view.isReady()).isFalse();
    view.onRecord(key("edge-1"), Reported.value(edge("edge-1", 10)), 0);
    assertThat(snapshot().at("/kafka/reachable").asBoolean()).as("not all is read").isFalse();

    nowMs += 4_999;
    assertThat(view.isReady()).isFalse();
    nowMs += 1;
    assertThat(view.isReady()).as("it has had its time").isTrue();
    says(edge("edge-1", 12));
    assertThat(snapshot().at("/kafka/reachable").asBoolean()).isTrue();
  }

  /** An edge that reads has reported itself. */
  @Test
  void shouldNotTakeAnEmptyTopicForAFleetOfNone() {
    view.onTurn(true);
    assertThat(view.isReady()).isTrue();
    assertThat(snapshot().at("/kafka/reachable").asBoolean()).isFalse();

    says(edge("edge-1", 10));
    assertThat(snapshot().at("/kafka/reachable").asBoolean()).isTrue();
  }

  @Test
  void shouldPassOverWhatIsTooLarge() {
    says(edge("edge-1", 10).setVersion("v".repeat(256 << 10)));
    assertThat(view.processes()).isEmpty();
    assertThat(view.ignored()).isOne();
  }

  @Test
  void shouldTakeNamesForTextsWhateverTheyHold() {
    String name = "<img src=x onerror=alert(1)>\u0000\u0007\u202e\n\"'&\\";
    ProcessReport.Builder report = edge(name, 10).addWaitingFor("</script>");
    report
        .getEdgeBuilder()
        .addHot(HotAddress.newBuilder().setLane("users").setAddress(name).setCount(10));
    says(report);

    assertThat(snapshot().at("/edges/0/process").asString()).isEqualTo(name);
    assertThat(snapshot().at("/edges/0/waiting_for/0").asString()).isEqualTo("</script>");
    assertThat(snapshot().at("/hot/0/address").asString()).isEqualTo(name);
    assertThat(snapshot().at("/hot/0/per_s").asDouble()).isEqualTo(1.0);
    assertThat(view.process(name)).isNotNull();
  }

  @Test
  void shouldPassOverWhatIsNoReport() {
    view.onRecord(key("edge-1"), new byte[] {1, 2, 3}, 0);
    view.onRecord(key("edge-1"), Reported.value(edge("edge-2", 10)), 0);
    view.onRecord(key("edge-1"), Reported.value(ProcessReport.newBuilder()), 0);
    view.onRecord(key("e".repeat(201)), Reported.value(edge("e".repeat(201), 10)), 0);
    view.onRecord(null, NOTHING, 0);
    view.onRecord("other/1".getBytes(StandardCharsets.UTF_8), NOTHING, 0);
    assertThat(view.ignored()).isEqualTo(6);
    view.onRecord("answer/1/edge-1".getBytes(StandardCharsets.UTF_8), NOTHING, 0);
    assertThat(view.ignored()).as("answers are for others").isEqualTo(6);

    for (int i = 0; i < 1_001; i++) {
      says(edge("edge-" + i, 10));
    }
    assertThat(view.processes()).hasSize(1_000);
    assertThat(view.ignored()).isEqualTo(7);
    assertThat(snapshot().at("/edges")).hasSize(1_000);
  }

  @Test
  void shouldShowWhateverNumbersAReportHolds() {
    Timestamp never = Timestamp.newBuilder().setSeconds(Long.MAX_VALUE).setNanos(-5).build();
    says(edge("edge-1", 10).setStarted(never).setAt(never).setLeaseMs(-1));
    says(
        edge("edge-1", 12)
            .setAt(Timestamp.newBuilder().setSeconds(Long.MIN_VALUE))
            .setLeaseMs(Integer.MAX_VALUE));
    assertThat(snapshot().at("/edges/0/deliveries_per_s").isNull()).isTrue();

    passes(61_000, "edge-2");
    assertThat(edgeOf(snapshot(), "edge-1").at("/state").asString())
        .as("no lease is longer than a minute")
        .isEqualTo("silent");
  }

  @Test
  void shouldShowTheLatenciesOfTheLastMinute() {
    says(withLatency("edge-1", 100, 1_000, 0)); // before anybody looked: when is not known
    passes(2_000);
    says(withLatency("edge-1", 102, 1_090, 10));
    assertThat(snapshot().at("/latency/counts").toString())
        .isEqualTo("[0,90,0,10,0,0,0,0,0,0,0,0,0,0]");
    assertThat(snapshot().at("/latency/bounds_ms")).hasSize(13);
    assertThat(snapshot().at("/latency/p50_ms").asDouble()).isEqualTo(1.6);
    assertThat(snapshot().at("/latency/p99_ms").asDouble()).isEqualTo(9.5);
    assertThat(snapshot().at("/edges/0/latency").toString())
        .isEqualTo("{\"p50_ms\":1.6,\"p99_ms\":9.5}");

    passes(59_900, "edge-2");
    assertThat(snapshot().at("/latency/p50_ms").isNull()).isFalse();
    passes(200, "edge-2");
    assertThat(snapshot().at("/latency/p50_ms").isNull()).isTrue();
  }

  @Test
  void shouldCountTheLatenciesOfAnEdgeFromItsStartAndGoOnAfterARestart() {
    says(withLatency("edge-1", 2, 7, 0));
    says(withLatency("edge-1", 1, 2, 0).setInstance("second"));
    ProcessReport.Builder other = withLatency("edge-2", 2, 9, 9);
    other.getEdgeBuilder().getDeliveryLatencyBuilder().setBoundsMs(0, 1.5);
    says(other);

    assertThat(snapshot().at("/latency/counts/1").asInt())
        .as("another release has other buckets")
        .isEqualTo(9);
  }

  @Test
  void shouldKnowForHowLongAProcessWasSilentBeforeAnybodyLooked() {
    view.onRecord(key("edge-1"), Reported.value(edge("edge-1", 10)), 20_000);
    view.onRecord(key("edge-2"), Reported.value(edge("edge-2", 28)), 1_000);

    assertThat(edgeOf(snapshot(), "edge-1").at("/state").asString()).isEqualTo("silent");
    assertThat(edgeOf(snapshot(), "edge-1").at("/seen_ms").asInt()).isEqualTo(20_000);
    assertThat(edgeOf(snapshot(), "edge-2").at("/state").asString()).isEqualTo("ready");
  }

  /** As after a failure to read. */
  @Test
  void shouldKeepWhatItKnowsWhenOlderRecordsAreReadAgain() {
    says(withLatency("edge-1", 1, 5, 0));
    passes(10_000);
    says(edge("edge-1", 2).setInstance("second"));
    passes(1_000);
    view.onRecord(key("edge-1"), Reported.value(withLatency("edge-1", 1, 5, 0)), 11_000);
    view.onRecord(key("edge-1"), null, 5_000);
    assertThat(snapshot().at("/edges/0/instance").asString()).isEqualTo("second");
    assertThat(snapshot().at("/edges/0/seen_ms").asInt()).isEqualTo(1_000);
    assertThat(snapshot().at("/latency/counts/1").asInt()).isEqualTo(5);

    view.onRecord(key("edge-1"), Reported.value(edge("edge-1", 4).setInstance("second")), 2_000);
    assertThat(snapshot().at("/edges/0/deliveries_per_s").asDouble())
        .as("it came while nothing was read")
        .isEqualTo(10.0);
  }

  @Test
  void shouldShowPartitionsAndWhatIsNotKnownOfThem() {
    ProcessReport.Builder follower = edge("edge-1", 10);
    follower
        .getEdgeBuilder()
        .addPartitions(followed(3).setLag(4).setLeaderEndOffset(-1))
        .addPartitions(followed(5).setLag(2).setLeaderEndOffset(90));
    says(follower);
    ProcessReport.Builder pump = dispatcher("dispatcher-1", 10);
    pump.getDispatcherBuilder()
        .addPartitions(source(-1, 7))
        .addPartitions(source(7, -1))
        .addPartitions(source(5, 9).setCommittedAt(FleetProcess.timestamp(STARTED.plusSeconds(9))));
    says(pump);

    JsonNode edge = details("edge-1");
    assertThat(edge.at("/edge/lag").asInt()).isEqualTo(6);
    assertThat(edge.at("/partitions/0").toString())
        .isEqualTo(
            ("{'lane':'users','generation':1,'partition':3,'end_offset':88,"
                    + "'leader_end_offset':null,'window_start_offset':80,'window_bytes':800,"
                    + "'readers':2,'lag':4}")
                .replace('\'', '"'));
    JsonNode dispatcher = details("dispatcher-1");
    assertThat(dispatcher.at("/dispatcher/lag").asInt()).isEqualTo(4);
    assertThat(dispatcher.at("/partitions/0/lag").isNull()).isTrue();
    assertThat(dispatcher.at("/partitions/1/lag").isNull()).isTrue();
    assertThat(dispatcher.at("/partitions/2").toString())
        .isEqualTo(
            ("{'topic':'tailrace.events','partition':0,'committed_offset':5,"
                    + "'leader_end_offset':9,'lag':4,'committed_at':'2026-11-30T10:00:09Z'}")
                .replace('\'', '"'));
  }

  @Test
  void shouldShowTheTwentyHottestOfAllEdges() {
    for (String name : List.of("edge-1", "edge-2")) {
      ProcessReport.Builder report = edge(name, 10);
      for (int i = 0; i < 20; i++) {
        report
            .getEdgeBuilder()
            .addHot(
                HotAddress.newBuilder()
                    .setLane("channels")
                    .setAddress(i == 7 ? "both" : name + "." + i)
                    .setCount(i + 1));
      }
      says(report);
    }

    JsonNode hot = snapshot().at("/hot");
    assertThat(hot).hasSize(20);
    assertThat(hot.at("/0/per_s").asDouble()).isEqualTo(2.0);
    assertThat(hot.valueStream().filter(one -> one.at("/address").asString().equals("both")))
        .singleElement()
        .satisfies(one -> assertThat(one.at("/per_s").asDouble()).isEqualTo(1.6));
  }

  private static FollowedPartition.Builder followed(int partition) {
    return FollowedPartition.newBuilder()
        .setLane("users")
        .setGeneration(1)
        .setPartition(partition)
        .setEndOffset(88)
        .setWindowStartOffset(80)
        .setWindowBytes(800)
        .setReaders(2);
  }

  private static SourcePartitionReport.Builder source(long committed, long end) {
    return SourcePartitionReport.newBuilder()
        .setTopic("tailrace.events")
        .setCommittedOffset(committed)
        .setLeaderEndOffset(end);
  }

  private static ProcessReport.Builder withLatency(
      String name, long afterS, long twoMs, long tenMs) {
    ProcessReport.Builder report = edge(name, afterS);
    report.getEdgeBuilder().setDeliveryLatency(latency(twoMs, tenMs));
    return report;
  }

  private long lastS;

  private void says(ProcessReport.Builder report) {
    view.onTurn(true);
    view.onRecord(key(report.getProcess()), Reported.value(report), 0);
  }

  private void both(long afterS) {
    lastS = afterS;
    says(edge("edge-1", afterS));
    says(edge("edge-2", afterS));
  }

  private void passes(long ms) {
    nowMs += ms;
  }

  /** So long, in which this one is heard every two seconds at most. */
  private void passes(long ms, String heard) {
    long untilMs = nowMs + ms;
    while (nowMs < untilMs) {
      nowMs = Math.min(untilMs, nowMs + Duration.ofSeconds(2).toMillis());
      lastS += 2;
      says(edge(heard, lastS));
      view.onTurn(true);
    }
  }

  private JsonNode snapshot() {
    return tree(new FleetSnapshot(view).json(STARTED));
  }

  private JsonNode details(String name) {
    KnownProcess process = view.process(name);
    assertThat(process).isNotNull();
    FleetSnapshot snapshot = new FleetSnapshot(view);
    return tree(
        process.report().hasEdge()
            ? snapshot.edgeDetails(process)
            : snapshot.dispatcherDetails(process));
  }

  private static JsonNode edgeOf(JsonNode snapshot, String name) {
    return snapshot
        .at("/edges")
        .valueStream()
        .filter(one -> one.at("/process").asString().equals(name))
        .findFirst()
        .orElse(JsonMapper.shared().missingNode());
  }

  private static JsonNode tree(Object json) {
    return JsonMapper.shared().readTree(JsonMapper.shared().writeValueAsString(json));
  }
}
