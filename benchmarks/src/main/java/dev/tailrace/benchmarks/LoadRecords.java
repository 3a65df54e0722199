package dev.tailrace.benchmarks;

import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * What becomes of a load's events on their way to Kafka.
 *
 * <p>Threading: the publishing thread.
 */
interface LoadRecords {
  /** The record of the next event, which is for this address; the bytes are used at once. */
  ProducerRecord<byte[], byte[]> record(int address, byte[] event);
}
