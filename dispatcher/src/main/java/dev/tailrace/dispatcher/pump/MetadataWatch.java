package dev.tailrace.dispatcher.pump;

import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.ClusterResource;
import org.apache.kafka.common.ClusterResourceListener;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Counts the metadata responses that its consumer has taken in. Kafka tells a consumer's
 * deserializers of them, so this is one.
 *
 * <p>Threading: counted on whichever thread the consumer works on; read on dispatcher-pump-N.
 */
public final class MetadataWatch extends ByteArrayDeserializer implements ClusterResourceListener {
  private final AtomicLong updates = new AtomicLong();

  @Override
  public void onUpdate(ClusterResource cluster) {
    updates.incrementAndGet();
  }

  long updates() {
    return updates.get();
  }
}
