package dev.tailrace.dispatcher.pump;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.tailrace.dispatcher.ingress.IngressHeader;
import dev.tailrace.dispatcher.ingress.IngressRecord;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Kafka's records as the reader of events knows them, without copying a byte.
 *
 * <p>Threading: stateless.
 */
final class IngressRecords {
  private IngressRecords() {}

  static IngressRecord of(ConsumerRecord<byte[], byte[]> record) {
    Header[] headers = record.headers().toArray();
    return new IngressRecord(
        bytes(record.value()),
        headers.length == 0
            ? List.of()
            : Arrays.stream(headers)
                .map(header -> new IngressHeader(header.key(), bytes(header.value())))
                .toList());
  }

  private static @Nullable ByteString bytes(byte @Nullable [] bytes) {
    return bytes == null ? null : UnsafeByteOperations.unsafeWrap(bytes);
  }
}
