package dev.tailrace.benchmarks;

import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Events as producers write them to an ingress topic, the address as key.
 *
 * <p>Threading: the publishing thread.
 */
final class IngressRecords implements LoadRecords {
  private final String topic;
  private final byte[][] keys;

  IngressRecords(String topic, LoadPlan plan) {
    this.topic = topic;
    keys = new byte[plan.addresses()][];
    for (int address = 0; address < keys.length; address++) {
      keys[address] = Stamp.ascii(TailraceTarget.addressName(address));
    }
  }

  @Override
  public ProducerRecord<byte[], byte[]> record(int address, byte[] event) {
    return new ProducerRecord<>(topic, keys[address], event);
  }
}
