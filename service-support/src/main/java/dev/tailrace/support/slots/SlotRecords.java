package dev.tailrace.support.slots;

import dev.tailrace.schemas.SourceId;
import dev.tailrace.schemas.Topics;
import dev.tailrace.v1.SlotRecord;
import dev.tailrace.v1.SourceStage;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Records of {@code tailrace.slots} with their keys, as slots.proto has them.
 *
 * <p>Threading: stateless.
 */
public final class SlotRecords {
  private SlotRecords() {}

  /** Ready to be sent. */
  public static ProducerRecord<byte[], byte[]> toKafka(SlotRecord record) {
    return new ProducerRecord<>(
        Topics.SLOTS, 0, key(record).getBytes(StandardCharsets.UTF_8), record.toByteArray());
  }

  /** The key: what repeats a record replaces it. */
  public static String key(SlotRecord record) {
    return switch (record.getBodyCase()) {
      case REQUEST -> "request/" + record.getRequest().getId();
      case REFUSAL -> "refusal/" + record.getRefusal().getId();
      case MOVE -> "move/" + record.getMove().getVersion();
      case HELD -> "held/" + place(record.getHeld());
      case FENCE -> "fence/" + record.getFence().getVersion();
      case PASSED -> "passed/" + place(record.getPassed());
      case SETTLEMENT -> "settled/" + record.getSettlement().getVersion();
      case BODY_NOT_SET -> throw new IllegalArgumentException("a record that says nothing");
    };
  }

  private static String place(SourceStage stage) {
    String topicId =
        Base64.getUrlEncoder().withoutPadding().encodeToString(stage.getTopicId().toByteArray());
    return stage.getVersion() + "/" + topicId + "/" + stage.getPartition();
  }

  /** A source partition of which nothing is read until the version has its fence. */
  public static SlotRecord held(int version, SourceId source) {
    return SlotRecord.newBuilder().setHeld(stage(version, source)).build();
  }

  /** A source partition of which all below the version's fence is in the lanes. */
  public static SlotRecord passed(int version, SourceId source) {
    return SlotRecord.newBuilder().setPassed(stage(version, source)).build();
  }

  private static SourceStage stage(int version, SourceId source) {
    return SourceStage.newBuilder()
        .setVersion(version)
        .setTopicId(source.topicId())
        .setPartition(source.partition())
        .build();
  }
}
