package dev.tailrace.support.tracing;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanBuilder;

/**
 * OpenTelemetry's names for what a span says of a record.
 *
 * <p>Threading: constants.
 */
public final class Messaging {
  /** The event's id. */
  public static final AttributeKey<String> MESSAGE_ID =
      AttributeKey.stringKey("messaging.message.id");

  /** Who reads it. */
  public static final AttributeKey<String> GROUP =
      AttributeKey.stringKey("messaging.consumer.group.name");

  private static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("messaging.system");
  private static final AttributeKey<String> OPERATION =
      AttributeKey.stringKey("messaging.operation.name");
  private static final AttributeKey<String> TYPE =
      AttributeKey.stringKey("messaging.operation.type");
  private static final AttributeKey<String> TOPIC =
      AttributeKey.stringKey("messaging.destination.name");
  private static final AttributeKey<String> PARTITION =
      AttributeKey.stringKey("messaging.destination.partition.id");
  private static final AttributeKey<Long> OFFSET = AttributeKey.longKey("messaging.kafka.offset");

  private Messaging() {}

  /**
   * Adds what is done, and to a record of which partition.
   *
   * @param type process or send
   */
  public static SpanBuilder of(
      SpanBuilder span, String operation, String type, String topic, int partition) {
    return span.setAttribute(SYSTEM, "kafka")
        .setAttribute(OPERATION, operation)
        .setAttribute(TYPE, type)
        .setAttribute(TOPIC, topic)
        .setAttribute(PARTITION, Integer.toString(partition));
  }

  /** Adds where the record lies. */
  public static SpanBuilder at(SpanBuilder span, long offset) {
    return span.setAttribute(OFFSET, offset);
  }
}
