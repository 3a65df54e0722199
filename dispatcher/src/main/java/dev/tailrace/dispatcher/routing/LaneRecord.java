package dev.tailrace.dispatcher.routing;

import dev.tailrace.schemas.LanePartition;
import dev.tailrace.v1.Delivery;

/**
 * One record to be written to a lane. All records of an event share its bytes until they are
 * serialized, one at a time, when they are sent: a thousand channels do not cost a thousand copies.
 */
public record LaneRecord(LanePartition lanePartition, Stamp stamp, Delivery delivery) {
  /** How long {@link #value()} will be. */
  public int sizeBytes() {
    return delivery.getSerializedSize();
  }

  /** The Kafka record's value. */
  public byte[] value() {
    return delivery.toByteArray();
  }
}
