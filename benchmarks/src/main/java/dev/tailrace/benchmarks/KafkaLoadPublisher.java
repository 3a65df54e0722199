package dev.tailrace.benchmarks;

import com.google.protobuf.ByteString;
import dev.tailrace.v1.Event;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Writes events to an ingress topic, the address as key. Each address has its event ready, and only
 * its stamp is overwritten: the producer has copied the bytes when {@code send} returns.
 *
 * <p>Threading: one thread publishes.
 */
public final class KafkaLoadPublisher implements LoadPublisher {
  private static final Duration LONGEST_CLOSE = Duration.ofSeconds(5);

  private final Producer<byte[], byte[]> producer;
  private final String topic;
  private final byte[][] keys;
  private final byte[][] events;
  private final int[] digitsAt;
  private final AtomicLong failures = new AtomicLong();
  private final Callback onWritten =
      (metadata, failure) -> {
        if (failure != null) {
          failures.incrementAndGet();
        }
      };

  /** To this producer. */
  KafkaLoadPublisher(Producer<byte[], byte[]> producer, String topic, LoadPlan plan) {
    this.producer = producer;
    this.topic = topic;
    keys = new byte[plan.addresses()][];
    events = new byte[plan.addresses()][];
    digitsAt = new int[plan.addresses()];
    ByteString data = ByteString.copyFrom(Stamp.data(plan.payloadBytes()));
    for (int address = 0; address < keys.length; address++) {
      String name = TailraceTarget.addressName(address);
      Event.Builder event = Event.newBuilder().setType("bench").setData(data);
      if (plan.personal()) {
        event.addUsers(name);
      } else {
        event.addChannels(name);
      }
      keys[address] = Stamp.ascii(name);
      events[address] = event.build().toByteArray();
      digitsAt[address] = Stamp.digitsAt(events[address]);
    }
  }

  /**
   * With a producer of its own, that waits for all replicas and for no batch.
   *
   * @param kafka properties for the client: where Kafka is and how to log in
   */
  public static KafkaLoadPublisher connect(Map<String, Object> kafka, String topic, LoadPlan plan) {
    Map<String, Object> properties = new HashMap<>(kafka);
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    return new KafkaLoadPublisher(
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer()),
        topic,
        plan);
  }

  @Override
  public void publish(int address, long sequence, long dueNs) {
    Stamp.write(events[address], digitsAt[address], sequence, dueNs);
    // The callback counts a failure.
    var _ = producer.send(new ProducerRecord<>(topic, keys[address], events[address]), onWritten);
  }

  @Override
  public long failures() {
    return failures.get();
  }

  @Override
  public void close() {
    producer.close(LONGEST_CLOSE);
  }
}
