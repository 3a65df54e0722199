package dev.tailrace.benchmarks;

import com.google.protobuf.ByteString;
import dev.tailrace.edge.tail.LaneTopology;
import dev.tailrace.schemas.SlotMap;
import dev.tailrace.v1.Event;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Writes events to Kafka: to an ingress topic, or straight to the lanes. Each address has its event
 * ready, and only its stamp is overwritten: the producer has copied the bytes when {@code send}
 * returns.
 *
 * <p>Threading: one thread publishes.
 */
public final class KafkaLoadPublisher implements LoadPublisher {
  private static final Duration LONGEST_CLOSE = Duration.ofSeconds(5);
  private static final int LANE_BATCH_BYTES = 128 << 10;

  /** So long a dispatcher under load waits between two polls; what one brings is a batch. */
  private static final int LANE_LINGER_MS = 4;

  private final Producer<byte[], byte[]> producer;
  private final LoadRecords records;
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
  KafkaLoadPublisher(Producer<byte[], byte[]> producer, LoadRecords records, LoadPlan plan) {
    this.producer = producer;
    this.records = records;
    events = new byte[plan.addresses()][];
    digitsAt = new int[plan.addresses()];
    ByteString data = ByteString.copyFrom(Stamp.data(plan.payloadBytes()));
    for (int address = 0; address < events.length; address++) {
      String name = TailraceTarget.addressName(address);
      Event.Builder event = Event.newBuilder().setType("bench").setData(data);
      if (plan.personal()) {
        event.addUsers(name);
      } else {
        event.addChannels(name);
      }
      events[address] = event.build().toByteArray();
      digitsAt[address] = Stamp.digitsAt(events[address]);
    }
  }

  /**
   * To an ingress topic, with a producer of its own as Kafka 4 makes it by default: it waits for
   * all replicas, and five milliseconds for a batch.
   *
   * @param kafka properties for the client: where Kafka is and how to log in
   */
  public static KafkaLoadPublisher connect(Map<String, Object> kafka, String topic, LoadPlan plan) {
    return connect(kafka, Map.of(), new IngressRecords(topic, plan), plan);
  }

  /**
   * To the lanes, as a dispatcher does: with one request under way at a time, so that what comes
   * meanwhile goes into a few large batches. A dispatcher does not linger, but keeps a pace when it
   * reads; here, where nothing is read, the producer waits as long instead, or each request would
   * hold a few events only, and producer and broker would be at their limit before the edge. For a
   * platform that serves nobody else.
   *
   * @param kafka properties for the client: where Kafka is and how to log in
   * @throws BenchException when Kafka does not say what lanes there are
   */
  public static KafkaLoadPublisher connectToLanes(Map<String, Object> kafka, LoadPlan plan) {
    return connect(
        kafka,
        Map.of(
            ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION,
            1,
            ProducerConfig.BATCH_SIZE_CONFIG,
            LANE_BATCH_BYTES,
            ProducerConfig.LINGER_MS_CONFIG,
            LANE_LINGER_MS),
        new LaneRecords(UUID.randomUUID(), slotMap(kafka)),
        plan);
  }

  private static SlotMap slotMap(Map<String, Object> kafka) {
    try (Admin admin = Admin.create(kafka)) {
      return LaneTopology.describe(admin).slotMap();
    } catch (LaneTopology.Unavailable e) {
      throw new BenchException(String.valueOf(e.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchException("interrupted", e);
    }
  }

  private static KafkaLoadPublisher connect(
      Map<String, Object> kafka, Map<String, Object> more, LoadRecords records, LoadPlan plan) {
    Map<String, Object> properties = new HashMap<>(kafka);
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    properties.putAll(more);
    return new KafkaLoadPublisher(
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer()),
        records,
        plan);
  }

  @Override
  public void publish(int address, long sequence, long dueNs) {
    Stamp.write(events[address], digitsAt[address], sequence, dueNs);
    // The callback counts a failure.
    var _ = producer.send(records.record(address, events[address]), onWritten);
  }

  /** Waits until Kafka has taken, or refused, all that was published. */
  void awaitTaken() {
    producer.flush();
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
