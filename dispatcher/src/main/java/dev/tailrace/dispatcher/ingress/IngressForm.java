package dev.tailrace.dispatcher.ingress;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The forms in which producers write events. Which one a record has is told by the record alone, so
 * a topic may hold all of them. The first that fits counts:
 *
 * <ol>
 *   <li>header {@code content-type} that begins with {@code application/cloudevents}: a CloudEvent
 *       in structured mode. It may have the headers of binary mode besides
 *   <li>header {@code ce_specversion}: a CloudEvent in binary mode
 *   <li>header {@code tailrace-user} or {@code tailrace-channel}: the value is the data
 *   <li>a value that begins with 0, as no Protobuf message does: a schema registry's prefix
 *   <li>anything else: an Event
 * </ol>
 */
public enum IngressForm {
  /** The bytes of a {@code tailrace.v1.Event}. */
  EVENT("event"),
  /** The same behind the prefix that a schema registry's serializers write. */
  SCHEMA_REGISTRY("schema_registry"),
  /** Attributes in headers, the data in the value. */
  CLOUDEVENTS_BINARY("cloudevents_binary"),
  /** Attributes and data in the value. */
  CLOUDEVENTS_STRUCTURED("cloudevents_structured"),
  /** The address in headers, the data in the value. */
  HEADERS("headers");

  static final String CONTENT_TYPE = "content-type";
  private static final String CLOUDEVENTS = "application/cloudevents";

  private final String label;

  IngressForm(String label) {
    this.label = label;
  }

  /** Its name in metrics. */
  public String label() {
    return label;
  }

  /** The form of this record. */
  public static IngressForm of(IngressRecord record) {
    if (!record.headers().isEmpty()) {
      if (isStructured(record.header(CONTENT_TYPE))) {
        return CLOUDEVENTS_STRUCTURED;
      }
      if (record.has(CloudEvents.SPEC_VERSION_HEADER)) {
        return CLOUDEVENTS_BINARY;
      }
      if (record.has(HeaderEvents.USER) || record.has(HeaderEvents.CHANNEL)) {
        return HEADERS;
      }
    }
    ByteString value = record.value();
    boolean prefixed = value != null && !value.isEmpty() && value.byteAt(0) == RegistryPrefix.MAGIC;
    return prefixed ? SCHEMA_REGISTRY : EVENT;
  }

  private static boolean isStructured(@Nullable IngressHeader contentType) {
    return contentType != null
        && contentType.value() != null
        && contentType
            .value()
            .toString(StandardCharsets.ISO_8859_1)
            .regionMatches(true, 0, CLOUDEVENTS, 0, CLOUDEVENTS.length());
  }
}
