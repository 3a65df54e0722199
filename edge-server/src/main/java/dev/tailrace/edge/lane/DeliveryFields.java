package dev.tailrace.edge.lane;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Duration;
import com.google.protobuf.ExtensionRegistryLite;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import com.google.protobuf.WireFormat;
import dev.tailrace.schemas.SourceId;
import dev.tailrace.v1.Delivery;
import dev.tailrace.v1.Event;
import dev.tailrace.v1.SourceStamp;
import dev.tailrace.v1.UpstreamGap;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a {@code Delivery} where they lie in its bytes, found in one pass that makes no
 * message of it: each record of a lane is read here once to see whom it is for, and once to encode
 * it (ADR 18).
 *
 * <p>It takes and refuses what the generated parser does, and finds the same: the last one of a
 * field that comes twice, parts of a message put together, fields that nobody knows passed over.
 *
 * <p>Threading: one owner. What it gives out is of the message read last.
 */
public final class DeliveryFields {
  private static final int VARINT = WireFormat.WIRETYPE_VARINT;
  private static final int BYTES = WireFormat.WIRETYPE_LENGTH_DELIMITED;
  private static final int TYPE_BITS = 3;

  /** The generated parser's: messages within each other, groups of unknown fields among them. */
  private static final int MAX_DEPTH = 100;

  private final FieldBytes channel = new FieldBytes();
  private final FieldBytes id = new FieldBytes();
  private final FieldBytes type = new FieldBytes();
  private final FieldBytes contentType = new FieldBytes();
  private final FieldBytes data = new FieldBytes();
  private final FieldBytes conflationKey = new FieldBytes();
  private final FieldBytes topicId = new FieldBytes();
  private final FieldBytes passing = new FieldBytes();
  private final FieldBytes key = new FieldBytes();
  private final FieldBytes value = new FieldBytes();
  private final Moment time = new Moment();
  private final Moment ttl = new Moment();
  private final @Nullable KnownTexts addresses;

  // Made anew for a message that has any: what one with very many needed is not kept for the next.
  private List<String> users = List.of();
  private Map<String, String> attributes = Map.of();
  private byte[] message = {};
  private int depth;
  private boolean source;
  private int sourcePartition;
  private long sourceOffset;
  private int sourceSubIndex;
  private int slotMapVersion;
  private boolean event;
  private boolean upstreamGap;

  /** A {@code Timestamp} or a {@code Duration}: their fields are the same. */
  private static final class Moment {
    private boolean present;
    private long seconds;
    private int nanos;

    void clear() {
      present = false;
      seconds = 0;
      nanos = 0;
    }
  }

  private DeliveryFields(@Nullable KnownTexts addresses) {
    this.addresses = addresses;
  }

  /**
   * To see whom messages are for: of what is in them, the attributes are not kept.
   *
   * @param addresses has the same owner
   */
  public static DeliveryFields ofAddressed(KnownTexts addresses) {
    return new DeliveryFields(addresses);
  }

  /** To see what is in messages: of those they are for, the users are not kept. */
  public static DeliveryFields ofContent() {
    return new DeliveryFields(null);
  }

  /**
   * Reads a message, which is not to change while its fields are in use.
   *
   * @throws InvalidProtocolBufferException when it is none; its fields mean nothing then
   */
  public void read(byte[] bytes) throws InvalidProtocolBufferException {
    clear(bytes);
    try {
      readDelivery(CodedInputStream.newInstance(bytes));
      if (!event) {
        clearEvent(); // one came, and an upstream gap after it
      }
    } catch (InvalidProtocolBufferException e) {
      throw e;
    } catch (IOException e) {
      throw new InvalidProtocolBufferException(e);
    }
  }

  /** Reads a message; false when it is none, or no delivery. */
  public boolean readDelivery(byte[] bytes) {
    try {
      read(bytes);
      return source && (event || upstreamGap);
    } catch (InvalidProtocolBufferException e) {
      return false;
    }
  }

  private void clear(byte[] bytes) {
    message = bytes;
    depth = 0;
    channel.clear();
    topicId.clear();
    users = List.of();
    source = false;
    sourcePartition = 0;
    sourceOffset = 0;
    sourceSubIndex = 0;
    slotMapVersion = 0;
    upstreamGap = false;
    clearEvent();
  }

  private void clearEvent() {
    event = false;
    id.clear();
    type.clear();
    contentType.clear();
    data.clear();
    conflationKey.clear();
    attributes = Map.of();
    time.clear();
    ttl.clear();
  }

  private void readDelivery(CodedInputStream in) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case Delivery.SOURCE_FIELD_NUMBER << TYPE_BITS | BYTES -> {
          int outer = enter(in);
          readSource(in);
          leave(in, outer);
        }
        case Delivery.SLOT_MAP_VERSION_FIELD_NUMBER << TYPE_BITS | VARINT ->
            slotMapVersion = in.readInt32();
        case Delivery.USERS_FIELD_NUMBER << TYPE_BITS | BYTES -> {
          text(in, passing);
          if (addresses != null) {
            addUser(addresses.alone(passing));
          }
        }
        case Delivery.CHANNEL_FIELD_NUMBER << TYPE_BITS | BYTES -> text(in, channel);
        case Delivery.EVENT_FIELD_NUMBER << TYPE_BITS | BYTES -> {
          int outer = enter(in);
          readEvent(in);
          leave(in, outer);
        }
        case Delivery.UPSTREAM_GAP_FIELD_NUMBER << TYPE_BITS | BYTES -> {
          event = false;
          upstreamGap = true;
          in.readMessage(UpstreamGap.parser(), ExtensionRegistryLite.getEmptyRegistry());
        }
        default -> in.skipField(tag);
      }
    }
  }

  private void readSource(CodedInputStream in) throws IOException {
    source = true;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case SourceStamp.TOPIC_ID_FIELD_NUMBER << TYPE_BITS | BYTES -> bytes(in, topicId);
        case SourceStamp.PARTITION_FIELD_NUMBER << TYPE_BITS | VARINT ->
            sourcePartition = in.readInt32();
        case SourceStamp.OFFSET_FIELD_NUMBER << TYPE_BITS | VARINT -> sourceOffset = in.readInt64();
        case SourceStamp.SUB_INDEX_FIELD_NUMBER << TYPE_BITS | VARINT ->
            sourceSubIndex = in.readInt32();
        default -> in.skipField(tag);
      }
    }
  }

  private void readEvent(CodedInputStream in) throws IOException {
    event = true;
    upstreamGap = false;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case Event.ID_FIELD_NUMBER << TYPE_BITS | BYTES -> text(in, id);
        case Event.USERS_FIELD_NUMBER << TYPE_BITS | BYTES,
            Event.CHANNELS_FIELD_NUMBER << TYPE_BITS | BYTES ->
            text(in, passing);
        case Event.TYPE_FIELD_NUMBER << TYPE_BITS | BYTES -> text(in, type);
        case Event.CONTENT_TYPE_FIELD_NUMBER << TYPE_BITS | BYTES -> text(in, contentType);
        case Event.DATA_FIELD_NUMBER << TYPE_BITS | BYTES -> bytes(in, data);
        case Event.TIME_FIELD_NUMBER << TYPE_BITS | BYTES -> moment(in, time);
        case Event.TTL_FIELD_NUMBER << TYPE_BITS | BYTES -> moment(in, ttl);
        case Event.CONFLATION_KEY_FIELD_NUMBER << TYPE_BITS | BYTES -> text(in, conflationKey);
        case Event.ATTRIBUTES_FIELD_NUMBER << TYPE_BITS | BYTES -> readAttribute(in);
        default -> in.skipField(tag);
      }
    }
  }

  private void addUser(List<String> user) {
    switch (users.size()) {
      case 0 -> users = user;
      case 1 -> {
        users = new ArrayList<>(users);
        users.add(user.getFirst());
      }
      default -> users.add(user.getFirst());
    }
  }

  /** An entry of a map is a message of two fields, either of which may be left out. */
  private void readAttribute(CodedInputStream in) throws IOException {
    key.clear();
    value.clear();
    int outer = enter(in);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << TYPE_BITS | BYTES -> text(in, key);
        case 2 << TYPE_BITS | BYTES -> text(in, value);
        default -> in.skipField(tag);
      }
    }
    leave(in, outer);
    if (addresses == null) {
      if (attributes.isEmpty()) {
        attributes = new LinkedHashMap<>();
      }
      attributes.put(key.text(), value.text());
    }
  }

  private void moment(CodedInputStream in, Moment moment) throws IOException {
    int outer = enter(in);
    moment.present = true;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case Timestamp.SECONDS_FIELD_NUMBER << TYPE_BITS | VARINT ->
            moment.seconds = in.readInt64();
        case Duration.NANOS_FIELD_NUMBER << TYPE_BITS | VARINT -> moment.nanos = in.readInt32();
        default -> in.skipField(tag);
      }
    }
    leave(in, outer);
  }

  private void bytes(CodedInputStream in, FieldBytes field) throws IOException {
    int length = in.readRawVarint32();
    int from = in.getTotalBytesRead();
    in.skipRawBytes(length);
    field.set(message, from, length);
  }

  private void text(CodedInputStream in, FieldBytes field) throws IOException {
    bytes(in, field);
    if (!field.isValidUtf8()) {
      throw new InvalidProtocolBufferException("a string is not UTF-8");
    }
  }

  /** Into a message inside: it and what nobody knows in it may be nested so deep together. */
  private int enter(CodedInputStream in) throws IOException {
    int length = in.readRawVarint32();
    depth++;
    in.setRecursionLimit(MAX_DEPTH - depth);
    return in.pushLimit(length);
  }

  private void leave(CodedInputStream in, int outerLimit) {
    in.popLimit(outerLimit);
    depth--;
    in.setRecursionLimit(MAX_DEPTH - depth);
  }

  /** Whether it says where it came from. */
  public boolean hasSource() {
    return source;
  }

  /** Where it came from. */
  public SourceId source() {
    return new SourceId(longAt(topicId, 0), longAt(topicId, 8), sourcePartition);
  }

  private static long longAt(FieldBytes bytes, int from) {
    long value = 0;
    for (int i = from; i < Math.min(bytes.length(), from + 8); i++) {
      value = value << 8 | (bytes.array()[bytes.from() + i] & 0xff);
    }
    return value;
  }

  /** The source's topic: what {@code SourceStamp.topic_id} holds. */
  public FieldBytes sourceTopicId() {
    return topicId;
  }

  /** The version of the slot map that chose the record's partition. */
  public int slotMapVersion() {
    return slotMapVersion;
  }

  /** The source's partition. */
  public int sourcePartition() {
    return sourcePartition;
  }

  /** The offset it had there. */
  public long sourceOffset() {
    return sourceOffset;
  }

  /** Its place in the record there. */
  public int sourceSubIndex() {
    return sourceSubIndex;
  }

  /** Whether it has an event. */
  public boolean hasEvent() {
    return event;
  }

  /** Whether it tells of a loss instead. */
  public boolean hasUpstreamGap() {
    return upstreamGap;
  }

  /** The users it is for; none when they are not kept. */
  public List<String> users() {
    return List.copyOf(users);
  }

  /** The channel it is for. */
  public FieldBytes channel() {
    return channel;
  }

  /** The event's id. */
  public FieldBytes id() {
    return id;
  }

  /** The event's type. */
  public FieldBytes type() {
    return type;
  }

  /** The media type of the event's data. */
  public FieldBytes contentType() {
    return contentType;
  }

  /** The event's data. */
  public FieldBytes data() {
    return data;
  }

  /** What the event is the newest state of. */
  public FieldBytes conflationKey() {
    return conflationKey;
  }

  /** The event's attributes, in the order they came; none when they are not kept. */
  public Map<String, String> attributes() {
    return Collections.unmodifiableMap(attributes);
  }

  /** Whether the event says when it happened. */
  public boolean hasTime() {
    return time.present;
  }

  /** When it happened, seconds since the epoch. */
  public long timeSeconds() {
    return time.seconds;
  }

  /** And nanoseconds. */
  public int timeNanos() {
    return time.nanos;
  }

  /** How long the event may be given to clients, in milliseconds; negative for ever. */
  public long ttlMs() {
    return ttl.present ? ttl.seconds * 1000 + ttl.nanos / 1_000_000 : -1;
  }
}
