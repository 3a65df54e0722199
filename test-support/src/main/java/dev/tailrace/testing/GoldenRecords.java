package dev.tailrace.testing;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import dev.tailrace.v1.Control;
import dev.tailrace.v1.DeadLetter;
import dev.tailrace.v1.Delivery;
import dev.tailrace.v1.Disconnect;
import dev.tailrace.v1.EdgeHeartbeat;
import dev.tailrace.v1.Event;
import dev.tailrace.v1.LaneOffset;
import dev.tailrace.v1.Revocation;
import dev.tailrace.v1.SlotFence;
import dev.tailrace.v1.SlotMove;
import dev.tailrace.v1.SlotRecord;
import dev.tailrace.v1.SlotRefusal;
import dev.tailrace.v1.SlotRequest;
import dev.tailrace.v1.SlotSettlement;
import dev.tailrace.v1.SourceOffset;
import dev.tailrace.v1.SourceStage;
import dev.tailrace.v1.SourceStamp;
import dev.tailrace.v1.UpstreamGap;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One record of each kind as a former version wrote it, byte for byte, and what it says: every
 * later version has to read it so. The files in {@code records} beside this class are never written
 * anew; what a format gains is shown by a file more ({@code mvn -pl test-support test
 * -Dtest=GoldenRecordsTest -Dtailrace.records.write=true} writes those that are missing).
 *
 * <p>Threading: constants.
 */
public final class GoldenRecords {
  /** Of the ingress topic in all of them. */
  public static final ByteString TOPIC_ID = ByteString.fromHex("00112233445566778899aabbccddeeff");

  /** What a pump writes beside a committed offset. */
  public static final String COMMIT_METADATA = "commit-metadata.txt";

  /** A whole connection's cursor. */
  public static final String CURSOR = "cursor.txt";

  private GoldenRecords() {}

  /** The record of this name, or the text. */
  public static byte[] bytes(String name) {
    try (InputStream in = GoldenRecords.class.getResourceAsStream("records/" + name)) {
      if (in == null) {
        throw new IllegalArgumentException("there is no record " + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The text of this name. */
  public static String text(String name) {
    return new String(bytes(name), StandardCharsets.UTF_8).strip();
  }

  /** What each file says, by its name. */
  public static Map<String, Message> messages() {
    Map<String, Message> all = new LinkedHashMap<>();
    all.put("event.bin", event());
    all.put("delivery-channel.bin", delivery(2).setChannel("scores").setEvent(routed()).build());
    all.put(
        "delivery-users.bin",
        delivery(0).addUsers("ada").addUsers("bob").setEvent(routed()).build());
    all.put("delivery-upstream-gap.bin", delivery(1_000).setUpstreamGap(gap()).build());
    all.put("dead-letter.bin", deadLetter());
    addControl(all);
    addSlots(all);
    all.put("edge.bin", edge());
    return all;
  }

  private static Timestamp at(long seconds) {
    return Timestamp.newBuilder().setSeconds(seconds).setNanos(123_456_789).build();
  }

  /** As a producer writes it: all fields. */
  private static Event event() {
    return Event.newBuilder()
        .setId("e-1")
        .addUsers("ada")
        .addUsers("bob")
        .addChannels("scores")
        .addChannels("$broadcast")
        .setType("goal")
        .setContentType("application/json")
        .setData(ByteString.copyFromUtf8("{\"home\":1}"))
        .setTime(at(1_795_000_000))
        .setTtl(Duration.newBuilder().setSeconds(3_600))
        .setConflationKey("match-7")
        .putAttributes("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
        .build();
  }

  /** As it is in a lane. */
  private static Event routed() {
    return event().toBuilder().clearUsers().clearChannels().build();
  }

  private static Delivery.Builder delivery(int subIndex) {
    return Delivery.newBuilder().setSource(stamp(subIndex)).setSlotMapVersion(2);
  }

  private static SourceStamp stamp(int subIndex) {
    return SourceStamp.newBuilder()
        .setTopicId(TOPIC_ID)
        .setPartition(5)
        .setOffset(1_234_567_890_123L)
        .setSubIndex(subIndex)
        .build();
  }

  private static UpstreamGap gap() {
    return UpstreamGap.newBuilder()
        .setFirstOffset(1_234_567_890_000L)
        .setLastOffset(1_234_567_890_123L)
        .setFrom(at(1_795_000_000))
        .setTo(at(1_795_000_060))
        .build();
  }

  private static DeadLetter deadLetter() {
    return DeadLetter.newBuilder()
        .setReason(DeadLetter.Reason.REASON_NO_ADDRESS)
        .setDetail("the event names no user and no channel")
        .setTopic("tailrace.events")
        .setSource(stamp(0))
        .setIncomplete(true)
        .build();
  }

  private static void addControl(Map<String, Message> all) {
    Revocation.Builder revocation =
        Revocation.newBuilder()
            .setSubject("ada")
            .setIssuedBefore(at(1_795_000_000))
            .setTokenId("jti-1")
            .setChannel("scores")
            .setEverybody(true)
            .setExpires(at(1_795_003_600));
    Disconnect.Builder disconnect =
        Disconnect.newBuilder()
            .setUser("ada")
            .setReason("moved")
            .setAt(at(1_795_000_000))
            .setEverybody(true)
            .setExpires(at(1_795_003_600));
    all.put("control-revocation.bin", Control.newBuilder().setRevocation(revocation).build());
    all.put("control-disconnect.bin", Control.newBuilder().setDisconnect(disconnect).build());
  }

  private static void addSlots(Map<String, Message> all) {
    SlotRequest.Builder request = SlotRequest.newBuilder().setId("r-1").setLane("c");
    all.put("slots-grow.bin", SlotRecord.newBuilder().setRequest(request.setGrowTo(16)).build());
    all.put(
        "slots-isolate.bin",
        SlotRecord.newBuilder().setRequest(request.setIsolateSlot(4_095)).build());
    all.put(
        "slots-refusal.bin",
        SlotRecord.newBuilder()
            .setRefusal(SlotRefusal.newBuilder().setId("r-1").setReason("a move is under way"))
            .build());
    SlotMove.Builder move =
        SlotMove.newBuilder()
            .setVersion(2)
            .setLane("c")
            .setGeneration(2)
            .setPartitions(1)
            .setIsolatedSlot(0)
            .setRequestId("r-1");
    all.put("slots-move.bin", SlotRecord.newBuilder().setMove(move).build());
    SourceStage.Builder stage =
        SourceStage.newBuilder().setVersion(2).setTopicId(TOPIC_ID).setPartition(5);
    all.put("slots-held.bin", SlotRecord.newBuilder().setHeld(stage).build());
    all.put("slots-passed.bin", SlotRecord.newBuilder().setPassed(stage).build());
    SourceOffset.Builder first =
        SourceOffset.newBuilder().setTopicId(TOPIC_ID).setPartition(5).setOffset(42);
    all.put(
        "slots-fence.bin",
        SlotRecord.newBuilder()
            .setFence(SlotFence.newBuilder().setVersion(2).addFirst(first))
            .build());
    LaneOffset.Builder end = LaneOffset.newBuilder().setGeneration(1).setPartition(3).setOffset(77);
    all.put(
        "slots-settlement.bin",
        SlotRecord.newBuilder()
            .setSettlement(
                SlotSettlement.newBuilder().setVersion(2).addEnds(end).setAt(at(1_795_000_000)))
            .build());
  }

  private static EdgeHeartbeat edge() {
    return EdgeHeartbeat.newBuilder()
        .setEdgeId("edge-1")
        .setPublicUrl("https://edge-1.example.com")
        .setZone("eu-1")
        .setConnections(1_234)
        .addUserPartitions(0)
        .addUserPartitions(7)
        .setAt(at(1_795_000_000))
        .setLeaseMs(15_000)
        .setDraining(true)
        .build();
  }
}
