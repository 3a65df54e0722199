package dev.tailrace.simulation;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.jspecify.annotations.Nullable;

/**
 * An idempotent producer with one request under way to each broker: what gets no answer is sent
 * again until it does, and is appended once. What is on its way when the producer is closed, or its
 * process killed, may still arrive.
 *
 * <p>Threading: one test thread; callbacks come as tasks, as from the producer's own thread.
 */
final class SimProducer implements Producer<byte[], byte[]> {
  private static final int RETRY_MS = 100;
  private static final int REQUEST_TIMEOUT_MS = 5_000;
  private static final int MOST_RECORDS = 20;

  /** One record that was handed over and has no answer yet. */
  private record Pending(
      TopicPartition partition, SimLog.Written written, @Nullable Callback callback) {}

  private final SimCluster cluster;
  private final World world;
  private final SimProcess process;
  private final String id;
  private final Map<TopicPartition, Deque<Pending>> queues = new LinkedHashMap<>();
  private final Map<TopicPartition, Long> sequences = new HashMap<>();
  private final Set<Integer> busy = new HashSet<>();
  private boolean closed;

  SimProducer(SimCluster cluster, SimProcess process, String name) {
    this.cluster = cluster;
    this.world = cluster.world();
    this.process = process;
    this.id = process.name() + "/" + name + "/" + world.steps();
  }

  @Override
  public Future<RecordMetadata> send(
      ProducerRecord<byte[], byte[]> record, @Nullable Callback callback) {
    process.requireAlive();
    if (closed) {
      throw new IllegalStateException("Cannot perform operation after producer has been closed");
    }
    TopicPartition partition = new TopicPartition(record.topic(), partitionOf(record));
    long sequence = sequences.merge(partition, 1L, Long::sum);
    Long timestamp = record.timestamp();
    SimLog.Written written =
        new SimLog.Written(
            id,
            sequence,
            timestamp == null ? process.millis() : timestamp,
            ByteString.copyFrom(record.value()),
            record.headers());
    queues
        .computeIfAbsent(partition, p -> new ArrayDeque<>())
        .add(new Pending(partition, written, callback));
    int broker = SimCluster.broker(partition);
    process.after(world.between(0, 2), () -> request(broker));
    return new CompletableFuture<>();
  }

  private int partitionOf(ProducerRecord<byte[], byte[]> record) {
    Integer given = record.partition();
    return given == null ? world.random().nextInt(cluster.logs(record.topic()).size()) : given;
  }

  /** Sends what waits for this broker, if no request of before is under way. */
  private void request(int broker) {
    if (closed || busy.contains(broker)) {
      return;
    }
    List<Pending> batch = new ArrayList<>();
    queues.forEach(
        (partition, queue) -> {
          if (SimCluster.broker(partition) == broker) {
            queue.stream().limit(world.between(1, MOST_RECORDS)).forEach(batch::add);
          }
        });
    if (batch.isEmpty()) {
      return;
    }
    busy.add(broker);
    if (!process.isConnected() || world.happens(0.01)) {
      lose(broker);
    } else {
      world.after(world.between(1, 6), () -> arrive(broker, batch));
    }
  }

  /** Neither the request nor its answer comes. */
  private void lose(int broker) {
    process.after(world.happens(0.5) ? RETRY_MS : REQUEST_TIMEOUT_MS, () -> again(broker));
  }

  private void again(int broker) {
    busy.remove(broker);
    request(broker);
  }

  /** At the broker, whatever has become of the producer meanwhile. */
  private void arrive(int broker, List<Pending> batch) {
    Map<TopicPartition, List<Pending>> byPartition = new LinkedHashMap<>();
    batch.forEach(
        pending ->
            byPartition.computeIfAbsent(pending.partition(), p -> new ArrayList<>()).add(pending));
    List<Pending> appended = new ArrayList<>();
    Map<TopicPartition, Long> ends = new HashMap<>();
    Map<Pending, KafkaException> refused = new LinkedHashMap<>();
    byPartition.forEach(
        (partition, records) -> {
          SimLog log = cluster.log(partition);
          KafkaException refusal = refusal(partition, records);
          if (refusal != null) {
            records.forEach(record -> refused.put(record, refusal));
          } else if (log.hasLeader()) {
            records.forEach(record -> ends.put(partition, log.append(record.written())));
            appended.addAll(records);
          }
        });
    Map<TopicPartition, Integer> epochs = new HashMap<>();
    ends.keySet().forEach(partition -> epochs.put(partition, cluster.log(partition).epoch()));
    long deadlineMs = world.nowMs() + REQUEST_TIMEOUT_MS;
    awaitCommitted(broker, appended, ends, epochs, refused, deadlineMs);
  }

  private @Nullable KafkaException refusal(TopicPartition partition, List<Pending> records) {
    return SimCluster.isLane(partition.topic())
            && records.stream()
                .anyMatch(
                    record ->
                        world.nowMs() - record.written().timestampMs()
                            > SimCluster.LANE_BEFORE_MAX_MS)
        ? new InvalidTimestampException("too old")
        : null;
  }

  /** The broker answers when all is committed, or when that will not be. */
  private void awaitCommitted(
      int broker,
      List<Pending> appended,
      Map<TopicPartition, Long> ends,
      Map<TopicPartition, Integer> epochs,
      Map<Pending, KafkaException> refused,
      long deadlineMs) {
    boolean open = false;
    Set<TopicPartition> failed = new HashSet<>();
    for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
      SimLog log = cluster.log(end.getKey());
      if (log.epoch() != epochs.get(end.getKey())) {
        failed.add(end.getKey());
      } else if (log.end() < end.getValue()) {
        open = true;
      }
    }
    if (open && world.nowMs() < deadlineMs) {
      world.after(
          world.between(1, 2 + world.replicationMs() / 2),
          () -> awaitCommitted(broker, appended, ends, epochs, refused, deadlineMs));
      return;
    }
    List<Pending> done =
        appended.stream()
            .filter(pending -> !failed.contains(pending.partition()))
            .filter(
                pending ->
                    cluster.log(pending.partition()).end()
                        >= Objects.requireNonNull(ends.get(pending.partition())))
            .toList();
    if (world.happens(0.01)) {
      lose(broker);
    } else {
      process.after(world.between(1, 4), () -> answer(broker, done, refused));
    }
  }

  /** At the producer: each answer is heard before anything else is sent. */
  private void answer(int broker, List<Pending> done, Map<Pending, KafkaException> refused) {
    if (!process.isConnected()) {
      lose(broker);
      return;
    }
    process.touch();
    for (Pending pending : done) {
      complete(pending, null);
    }
    refused.forEach(this::complete);
    busy.remove(broker);
    if (done.isEmpty() && refused.isEmpty()) {
      process.after(RETRY_MS, () -> request(broker));
    } else {
      request(broker);
    }
  }

  private void complete(Pending pending, @Nullable KafkaException failure) {
    Deque<Pending> queue = Objects.requireNonNull(queues.get(pending.partition()));
    if (queue.remove(pending) && pending.callback() != null) {
      pending.callback().onCompletion(null, failure);
    }
  }

  @Override
  public List<PartitionInfo> partitionsFor(String topic) {
    process.requireAlive();
    if (!process.isConnected()) {
      throw new TimeoutException("no answer about " + topic);
    }
    return cluster.partitions(topic);
  }

  @Override
  public void close(Duration timeout) {
    if (closed) {
      return;
    }
    closed = true;
    List<Pending> left = new ArrayList<>();
    queues.values().forEach(left::addAll);
    queues.values().forEach(Deque::clear);
    process.after(
        0,
        () ->
            left.forEach(
                pending -> {
                  if (pending.callback() != null) {
                    pending.callback().onCompletion(null, new KafkaException("closed forcefully"));
                  }
                }));
  }

  @Override
  public void close() {
    close(Duration.ZERO);
  }

  @Override
  public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record) {
    return send(record, null);
  }

  @Override
  public Map<MetricName, ? extends Metric> metrics() {
    return Map.of();
  }

  @Override
  public void flush() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void initTransactions() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void beginTransaction() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void sendOffsetsToTransaction(
      Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata group) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void commitTransaction() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void abortTransaction() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void registerMetricForSubscription(KafkaMetric metric) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void unregisterMetricFromSubscription(KafkaMetric metric) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Uuid clientInstanceId(Duration timeout) {
    throw new UnsupportedOperationException();
  }
}
