package dev.tailrace.dispatcher.ingress;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import java.io.IOException;

/**
 * What the Protobuf serializers of Confluent's schema registry, and of those that follow it, write
 * before a message: a zero, the schema's id in four bytes, and where in the schema the message
 * stands, as a list of indexes in zigzag varints; a single zero is short for the first message. The
 * registry is not asked: the bytes are an Event by Protobuf's own rules, or they are none.
 *
 * <p>Some serializers leave the indexes out, the one that goes with kafkajs for instance. An event
 * begins with the tag of one of its fields, which as a number of indexes would be 4 or more: that
 * many only a message has that lies four deep in others, and an Event lies in none.
 *
 * <p>Threading: stateless.
 */
final class RegistryPrefix {
  static final byte MAGIC = 0;
  private static final int ID_END = 5;

  /** Of field 1; no byte below it begins a message. */
  private static final byte LEAST_TAG = 1 << 3;

  private RegistryPrefix() {}

  /** The message behind the prefix. */
  static ByteString strip(ByteString value) throws RejectedRecordException {
    if (value.size() <= ID_END) {
      throw RejectedRecordException.notAnEvent(
          "the value begins with 0, as behind a schema registry, and ends after %,d bytes"
              .formatted(value.size()));
    }
    ByteString rest = value.substring(ID_END);
    if (rest.byteAt(0) >= LEAST_TAG) {
      return rest;
    }
    CodedInputStream in = rest.newCodedInput();
    try {
      int count = in.readSInt32();
      boolean first = count == 0 || (count == 1 && in.readSInt32() == 0);
      if (!first) {
        throw RejectedRecordException.notAnEvent(
            ("the schema registry's prefix has %,d message indexes, and names another message than"
                    + " the first of schema %d")
                .formatted(count, id(value)));
      }
    } catch (IOException e) {
      throw RejectedRecordException.notAnEvent(
          "the message indexes in the schema registry's prefix are cut off or too long");
    }
    return rest.substring(in.getTotalBytesRead());
  }

  /** The schema's id, for people. */
  static int id(ByteString value) {
    return value.substring(1, ID_END).asReadOnlyByteBuffer().getInt();
  }
}
