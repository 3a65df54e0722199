package dev.tailrace.benchmarks;

import com.google.protobuf.ByteString;
import dev.tailrace.dispatcher.Dispatcher;
import dev.tailrace.dispatcher.config.DispatcherConfig;
import dev.tailrace.dispatcher.pump.KafkaPumpClients;
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
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
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
 * <p>Each round's events are written in a transaction, and so can be read all at once. It begins a
 * minute after the pump has: for so long a pump that has started reads the lanes as well.
 *
 * <pre>PumpComparison &lt;bootstrap servers&gt; [events] [rounds]</pre>
 */
public final class PumpComparison {
  private static final String SOURCE = ".source";
  private static final String COPY = ".copy";
  private static final int PARTITIONS = 4;
  private static final int LANES = 8;
  private static final int PAYLOAD_BYTES = 256;
  private static final int CHANNELS = 1_000;
  private static final Duration POLL = Duration.ofMillis(100);
  private static final long LOOK_NS = TimeUnit.MICROSECONDS.toNanos(500);
  private static final long FOLLOWS_LANES_NS = TimeUnit.SECONDS.toNanos(65);
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
    String topic = "bench.pump." + System.nanoTime();
    create(topic, PARTITIONS);
    create(topic + SOURCE, PARTITIONS);
    create(topic + COPY, LANES);
    try (Dispatcher dispatcher = Dispatcher.start(settings(topic))) {
      LockSupport.parkNanos(FOLLOWS_LANES_NS);
      for (int round = 0; round <= rounds; round++) {
        boolean pumpFirst = round % 2 == 0;
        double first = pumpFirst ? pump(dispatcher, topic) : copy(topic);
        double second = pumpFirst ? copy(topic) : pump(dispatcher, topic);
        double pump = pumpFirst ? first : second;
        double copy = pumpFirst ? second : first;
        out.printf(
            "%s: pump %,.0f events/s, copy loop %,.0f records/s, ratio %.2f%n",
            round == 0 ? "warm-up" : "round " + round, pump, copy, pump / copy);
        if (round > 0) {
          ratios.add(pump / copy);
        }
      }
    }
    out.printf("median ratio %.2f%n", ratios.stream().sorted().toList().get(ratios.size() / 2));
  }

  private void create(String topic, int partitions) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
      admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1))).all().get();
    }
  }

  private Map<TopicPartition, Long> ends(String topic) throws Exception {
    Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
    for (int partition = 0; partition < PARTITIONS; partition++) {
      asked.put(new TopicPartition(topic, partition), OffsetSpec.latest());
    }
    Map<TopicPartition, Long> ends = new HashMap<>();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
      admin.listOffsets(asked).all().get().forEach((one, end) -> ends.put(one, end.offset()));
    }
    return ends;
  }

  private void fill(String topic) {
    try (Producer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "linger.ms",
                20,
                "batch.size",
                1 << 17,
                "transactional.id",
                topic),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      producer.initTransactions();
      producer.beginTransaction();
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
      producer.commitTransaction(); // fails when one of them was not written
    }
  }

  private Settings settings(String topic) {
    Map<String, String> settings = new HashMap<>();
    settings.put("dev", "true");
    settings.put("kafka.bootstrap.servers", bootstrapServers);
    settings.put("dispatcher.operator.port", "0");
    settings.put("dispatcher.group", topic);
    settings.put("dispatcher.ingress.topics", topic);
    settings.put("topics.ingress.partitions", Integer.toString(PARTITIONS));
    settings.put("topics.users.partitions", Integer.toString(LANES));
    settings.put("topics.channels.partitions", Integer.toString(LANES));
    return Settings.of(settings);
  }

  private double pump(Dispatcher dispatcher, String topic) throws Exception {
    long before = ends(topic).values().stream().mapToLong(Long::longValue).sum();
    fill(topic);
    return rate(
        () ->
            dispatcher.statuses().stream()
                    .flatMap(pump -> pump.sources().stream())
                    .mapToLong(PumpStatus.Source::acknowledged)
                    .sum()
                - before);
  }

  private double copy(String topic) throws Exception {
    Map<TopicPartition, Long> from = ends(topic + SOURCE);
    fill(topic + SOURCE);
    DispatcherConfig config = DispatcherConfig.from(settings(topic));
    PumpClients clients = new KafkaPumpClients(config.kafka(), config.pump());
    AtomicLong acknowledged = new AtomicLong();
    Thread copying =
        Thread.ofPlatform()
            .name("copy")
            .start(
                () ->
                    copy(clients, from, topic + COPY, config.pump().inFlightBytes(), acknowledged));
    double rate = rate(acknowledged::get);
    copying.join();
    return rate;
  }

  private void copy(
      PumpClients clients,
      Map<TopicPartition, Long> from,
      String target,
      long mostInFlight,
      AtomicLong acknowledged) {
    AtomicLong inFlight = new AtomicLong();
    try (Consumer<byte[], byte[]> consumer =
            clients.ingressConsumer("copy", Duration.ofSeconds(2), new MetadataWatch());
        Producer<byte[], byte[]> producer = clients.laneProducer("copy")) {
      consumer.assign(from.keySet());
      from.forEach(consumer::seek);
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
