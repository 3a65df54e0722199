package dev.tailrace.edge.desk;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.tailrace.v1.Event;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Whether an ingress record, or what was rejected of one, says that its event has an id: in any of
 * the forms that producers write, as far as it can be read.
 *
 * <p>Threading: stateless.
 */
final class EventIds {
  private static final Set<String> HEADERS = Set.of("ce_id", "tailrace-id");

  /** A schema registry's: a zero, four bytes of schema id, and a zero for the first message. */
  private static final int REGISTRY_PREFIX = 6;

  private EventIds() {}

  static boolean has(ConsumerRecord<byte[], byte[]> record, String id) {
    byte[] wanted = id.getBytes(StandardCharsets.UTF_8);
    for (Header header : record.headers()) {
      if (HEADERS.contains(header.key()) && Arrays.equals(header.value(), wanted)) {
        return true;
      }
    }
    byte @Nullable [] value = record.value();
    return value != null
        && contains(value, wanted)
        && (isOfEvent(value, id) || isOfJson(value, id));
  }

  private static boolean isOfEvent(byte[] value, String id) {
    return isOfEvent(value, 0, id)
        || (value.length > REGISTRY_PREFIX
            && value[0] == 0
            && isOfEvent(value, REGISTRY_PREFIX, id));
  }

  private static boolean isOfEvent(byte[] value, int from, String id) {
    try {
      return Event.parseFrom(Arrays.copyOfRange(value, from, value.length)).getId().equals(id);
    } catch (InvalidProtocolBufferException e) {
      return false; // of another form, or of none
    }
  }

  private static boolean isOfJson(byte[] value, String id) {
    try {
      JsonNode found = JsonMapper.shared().readTree(value).path("id");
      return found.isString() && found.stringValue().equals(id);
    } catch (JacksonException e) {
      return false; // the same
    }
  }

  /** Whether some bytes lie within others: to look is cheaper than to read each record. */
  static boolean contains(byte[] bytes, byte[] wanted) {
    int last = bytes.length - wanted.length;
    for (int at = 0; at <= last; at++) {
      if (bytes[at] == wanted[0]
          && Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length)) {
        return true;
      }
    }
    return false;
  }
}
