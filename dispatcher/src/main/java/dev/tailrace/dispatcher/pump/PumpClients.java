package dev.tailrace.dispatcher.pump;

import java.time.Duration;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;

/**
 * Where a pump's Kafka clients come from, with the settings that its rules rest on.
 *
 * <p>Threading: called on the pump's thread.
 */
public interface PumpClients {
  /** Ends a consumer without a word to the group. */
  CloseOptions AT_ONCE = CloseOptions.timeout(Duration.ZERO);

  /** Member of the dispatchers' group; commits and resets nothing by itself. */
  Consumer<byte[], byte[]> ingressConsumer(String name, Duration session, MetadataWatch metadata);

  /** Reads lanes back; in no group. */
  Consumer<byte[], byte[]> laneConsumer(String name);

  /**
   * Never gives up on a batch by itself and never has two requests under way, since the broker
   * would take a later batch after a refused one.
   */
  Producer<byte[], byte[]> laneProducer(String name);
}
