package dev.tailrace.dispatcher.routing;

import com.google.protobuf.CodedOutputStream;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.v1.Delivery;
import java.io.IOException;

/**
 * One record to be written to a lane. All records of an event share its bytes until they are
 * serialized, one at a time, when they are sent: a thousand channels do not cost a thousand copies.
 */
public record LaneRecord(LanePartition lanePartition, Stamp stamp, Delivery delivery) {
  /** How long {@link #value()} will be. */
  public int sizeBytes() {
    return delivery.getSerializedSize();
  }

  /** The Kafka record's value. Of one delivery it is the same in every process, maps included. */
  public byte[] value() {
    byte[] bytes = new byte[delivery.getSerializedSize()];
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.useDeterministicSerialization();
    try {
      delivery.writeTo(out);
    } catch (IOException e) {
      throw new IllegalStateException("an array of the right size took no more", e);
    }
    out.checkNoSpaceLeft();
    return bytes;
  }
}
