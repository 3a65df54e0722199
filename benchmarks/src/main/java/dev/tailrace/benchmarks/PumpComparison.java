package dev.tailrace.benchmarks;

import com.google.protobuf.ByteString;
import dev.tailrace.dispatcher.Dispatcher;
import dev.tailrace.dispatcher.config.DispatcherConfig;
import dev.tailrace.dispatcher.pump.MetadataWatch;
import dev.tailrace.dispatcher.pump.PumpClients;
import dev.tailrace.dispatcher.pump.PumpStatus;
import dev.tailrace.support.config.Settings;
import dev.tailrace.v1.Event;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * How many events one pump takes from ingress to the lanes in a second, and how many records a loop
 * that only reads and writes them, with the same settings of Kafka's clients: both in turn, round
 * by round, in one process beside a broker of another. From a tenth of the events to the last.
 *
 * <pre>PumpComparison &lt;bootstrap servers&gt; [events] [rounds]</pre>
 */
public final class PumpComparison {
  private static final int PARTITIONS = 4;
  private static final int LANES = 8;
  private static final int PAYLOAD_BYTES = 256;
  private static final int CHANNELS = 1_000;
  private static final Duration POLL = Duration.ofMillis(100);
  private static final long LOOK_NS = TimeUnit.MICROSECONDS.toNanos(500);
  private static final long GIVE_UP_NS = TimeUnit.MINUTES.toNanos(2);

  private final String bootstrapServers;
  private final int events;
  private final PrintStream out;

  private PumpComparison(String bootstrapServers, int events, PrintStream out) {
    this.bootstrapServers = bootstrapServers;
    this.events = events;
    this.out = out;
  }

  /** Runs it. */
  public static void main(String[] args) throws Exception {
    int events = args.length > 1 ? Integer.parseInt(args[1]) : 300_000;
    int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 5;
    new PumpComparison(args[0], events, System.out).run(rounds);
  }

  private void run(int rounds) throws Exception {
    List<Double> ratios = new ArrayList<>();
    for (int round = 0; round <= rounds; round++) {
      String topic = "bench.pump." + System.nanoTime();
      create(topic, PARTITIONS);
      fill(topic);
      boolean pumpFirst = round % 2 == 0;
      double first = pumpFirst ? pump(topic) : copy(topic);
      double second = pumpFirst ? copy(topic) : pump(topic);
      double pump = pumpFirst ? first : second;
      double copy = pumpFirst ? second : first;
      out.printf(
          "%s: pump %,.0f events/s, copy loop %,.0f records/s, ratio %.2f%n",
          round == 0 ? "warm-up" : "round " + round, pump, copy, pump / copy);
      if (round > 0) {
        ratios.add(pump / copy);
      }
    }
    out.printf("median ratio %.2f%n", ratios.stream().sorted().toList().get(ratios.size() / 2));
  }

  private void create(String topic, int partitions) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
      admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1))).all().get();
    }
  }

  private void fill(String topic) {
    try (Producer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrapServers, "linger.ms", 20, "batch.size", 1 << 17),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      ByteString data = ByteString.copyFrom(new byte[PAYLOAD_BYTES]);
      for (int i = 0; i < events; i++) {
        Event event =
            Event.newBuilder()
                .setId("e" + i)
                .setType("tick")
                .setContentType("application/octet-stream")
                .addChannels("bench.pump." + i % CHANNELS)
                .setData(data)
                .build();
        var _ =
            producer.send(new ProducerRecord<>(topic, i % PARTITIONS, null, event.toByteArray()));
      }
    }
  }

  private Settings settings(String topic, String group) {
    Map<String, String> settings = new HashMap<>();
    settings.put("dev", "true");
    settings.put("kafka.bootstrap.servers", bootstrapServers);
    settings.put("dispatcher.operator.port", "0");
    settings.put("dispatcher.group", group);
    settings.put("topics.ingress", topic);
    settings.put("topics.ingress.partitions", Integer.toString(PARTITIONS));
    settings.put("topics.users.partitions", Integer.toString(LANES));
    settings.put("topics.channels.partitions", Integer.toString(LANES));
    return Settings.of(settings);
  }

  private double pump(String topic) {
    try (Dispatcher dispatcher = Dispatcher.start(settings(topic, "bench-" + topic))) {
      return rate(
          () ->
              dispatcher.statuses().stream()
                  .flatMap(pump -> pump.sources().stream())
                  .mapToLong(PumpStatus.Source::acknowledged)
                  .sum());
    }
  }

  private double copy(String topic) throws Exception {
    String target = topic + ".copy";
    create(target, LANES);
    DispatcherConfig config = DispatcherConfig.from(settings(topic, "bench-copy-" + topic));
    PumpClients clients = new PumpClients(config.kafka(), config.pump());
    AtomicLong acknowledged = new AtomicLong();
    Thread copying =
        Thread.ofPlatform()
            .name("copy")
            .start(() -> copy(clients, topic, target, config.pump().inFlightBytes(), acknowledged));
    double rate = rate(acknowledged::get);
    copying.join();
    return rate;
  }

  private void copy(
      PumpClients clients,
      String topic,
      String target,
      long mostInFlight,
      AtomicLong acknowledged) {
    AtomicLong inFlight = new AtomicLong();
    try (Consumer<byte[], byte[]> consumer =
            clients.ingressConsumer("copy", Duration.ofSeconds(2), new MetadataWatch());
        Producer<byte[], byte[]> producer = clients.laneProducer("copy")) {
      Map<TopicPartition, OffsetAndMetadata> start = new HashMap<>();
      for (int partition = 0; partition < PARTITIONS; partition++) {
        start.put(new TopicPartition(topic, partition), new OffsetAndMetadata(0));
      }
      consumer.assign(start.keySet());
      consumer.seekToBeginning(start.keySet());
      long sent = 0;
      while (acknowledged.get() < events) {
        for (ConsumerRecord<byte[], byte[]> record :
            consumer.poll(sent < events ? POLL : Duration.ofMillis(5))) {
          byte[] value = record.value();
          while (inFlight.get() > mostInFlight) {
            LockSupport.parkNanos(LOOK_NS);
          }
          inFlight.addAndGet(value.length);
          var _ =
              producer.send(
                  new ProducerRecord<>(target, (int) (sent++ % LANES), null, value),
                  (metadata, e) -> {
                    inFlight.addAndGet(-value.length);
                    acknowledged.incrementAndGet();
                  });
        }
      }
    }
  }

  /** Per second, from a tenth of all to all. */
  private double rate(LongSupplier done) {
    long begun = System.nanoTime();
    long first = 0;
    long atFirst = 0;
    while (true) {
      long now = System.nanoTime();
      long count = done.getAsLong();
      if (first == 0 && count >= events / 10) {
        first = now;
        atFirst = count;
      }
      if (count >= events) {
        return (count - atFirst) * 1e9 / (now - first);
      }
      if (now - begun > GIVE_UP_NS) {
        throw new IllegalStateException("only %,d of %,d events".formatted(count, events));
      }
      LockSupport.parkNanos(LOOK_NS);
    }
  }
}
