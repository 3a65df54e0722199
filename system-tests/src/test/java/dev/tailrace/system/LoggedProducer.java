package dev.tailrace.system;

import com.google.protobuf.ByteString;
import dev.tailrace.schemas.Topics;
import dev.tailrace.testing.history.Address;
import dev.tailrace.testing.history.History;
import dev.tailrace.testing.history.Place;
import dev.tailrace.v1.Event;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * A producer of Kafka's, whose events a history has: that they are sent, and where Kafka put them.
 * The key is the first address. It sends one at a time or goes on by itself, addresses in turn.
 *
 * <p>Threading: any thread; its own sends what goes by itself.
 */
final class LoggedProducer implements AutoCloseable {
  private final KafkaProducer<String, byte[]> producer;
  private final History history;
  private final String name;
  private final AtomicInteger next = new AtomicInteger();
  private final ScheduledExecutorService clock;

  /** One whose ids begin with its name. */
  LoggedProducer(String bootstrapServers, History history, String name) {
    this.history = history;
    this.name = name;
    producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "acks",
                "all",
                "linger.ms",
                0,
                // A broker that hangs: then the next is asked.
                "request.timeout.ms",
                5_000),
            new StringSerializer(),
            new ByteArraySerializer());
    ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1);
    executor.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
    clock = executor;
  }

  /** Sends one event to all of these. */
  void send(List<Address> addresses) {
    String id = name + "-" + next.getAndIncrement();
    Event.Builder event =
        Event.newBuilder().setId(id).setType("tick").setData(ByteString.copyFromUtf8("{\"n\":1}"));
    for (Address address : addresses) {
      switch (address.kind()) {
        case CHANNEL -> event.addChannels(address.name());
        case USER -> event.addUsers(address.name());
      }
    }
    history.sending(id, Set.copyOf(addresses));
    var _ =
        producer.send(
            new ProducerRecord<>(
                Topics.EVENTS, addresses.getFirst().toString(), event.build().toByteArray()),
            (metadata, failure) -> {
              if (failure == null) {
                history.acknowledged(
                    id,
                    new Place(metadata.topic() + "-" + metadata.partition(), metadata.offset()));
              }
            });
  }

  /** Sends one event each so often, to these in turn, until it is stopped. */
  void sendOn(List<List<Address>> turns, long everyUs) {
    AtomicInteger turn = new AtomicInteger();
    var _ =
        clock.scheduleAtFixedRate(
            () -> send(turns.get(turn.getAndIncrement() % turns.size())),
            0,
            everyUs,
            TimeUnit.MICROSECONDS);
  }

  /** Sends no more by itself; returns when Kafka has answered for all that was sent. */
  void stop() throws InterruptedException {
    clock.shutdown();
    if (!clock.awaitTermination(60, TimeUnit.SECONDS)) {
      throw new AssertionError("Kafka does not take an event");
    }
    producer.flush();
  }

  /** Returns when Kafka has answered for all that was sent. */
  void flush() {
    producer.flush();
  }

  @Override
  public void close() {
    clock.shutdownNow();
    producer.close();
  }
}
