package dev.tailrace.benchmarks;

import com.google.protobuf.ByteString;
import dev.tailrace.v1.Event;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * From {@code KafkaProducer.send} to the byte read from the client's socket, at a steady rate,
 * through a running platform ({@code ./tailrace dev}). Prints one line of JSON.
 */
public final class LatencyBenchmark {
  private static final long SECOND_NS = 1_000_000_000L;
  private static final long DRAIN_NS = 5 * SECOND_NS;

  private LatencyBenchmark() {}

  /** Arguments are {@code --name=value}; see {@code LoadPlan}. */
  public static void main(String[] args) throws IOException {
    LoadPlan plan = LoadPlan.parse(List.of(args));
    SseLoadClient client = new SseLoadClient(plan);
    try (client) {
      client.connect();
      long startNs = System.nanoTime();
      long fromNs = startNs + plan.warmupSeconds() * SECOND_NS;
      long toNs = fromNs + plan.seconds() * SECOND_NS;
      client.count(fromNs, toNs);
      publish(plan, startNs, toNs);
      awaitAll(plan, client);
    }
    System.out.println(report(plan, client));
  }

  private static void publish(LoadPlan plan, long startNs, long toNs) {
    String filler = "x".repeat(Math.max(0, plan.payloadBytes() - 40));
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", plan.bootstrapServers(), "acks", "all", "linger.ms", 0),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      long intervalNs = SECOND_NS / plan.rate();
      long events = (toNs - startNs) / intervalNs;
      for (long i = 0; i < events; i++) {
        long dueNs = startNs + i * intervalNs;
        for (long left = dueNs - System.nanoTime(); left > 0; left = dueNs - System.nanoTime()) {
          LockSupport.parkNanos(left);
        }
        var _ = producer.send(new ProducerRecord<>(plan.topic(), event(plan, i, dueNs, filler)));
      }
    }
  }

  private static byte[] event(LoadPlan plan, long number, long dueNs, String filler) {
    Event.Builder event =
        Event.newBuilder()
            .setType("bench")
            .setData(ByteString.copyFromUtf8("{\"sent\":" + dueNs + ",\"x\":\"" + filler + "\"}"));
    if (plan.isPersonal()) {
      event.addUsers("bench-" + number % plan.connections());
    } else {
      event.addChannels("bench");
    }
    return event.build().toByteArray();
  }

  private static void awaitAll(LoadPlan plan, SseLoadClient client) {
    long expected = expected(plan);
    long deadline = System.nanoTime() + DRAIN_NS;
    while (client.received() < expected && System.nanoTime() < deadline) {
      LockSupport.parkNanos(10_000_000);
    }
  }

  private static long expected(LoadPlan plan) {
    return (long) plan.rate() * plan.seconds() * plan.fanOut();
  }

  private static String report(LoadPlan plan, SseLoadClient client) {
    Histogram latencies = client.latencies();
    return String.format(
        Locale.ROOT,
        "{\"mode\":\"%s\",\"connections\":%d,\"events_per_s\":%d,\"payload_bytes\":%d,"
            + "\"seconds\":%d,\"deliveries_expected\":%d,\"deliveries\":%d,"
            + "\"connections_lost\":%d,\"p50_ms\":%.2f,\"p90_ms\":%.2f,\"p99_ms\":%.2f,"
            + "\"p999_ms\":%.2f,\"max_ms\":%.2f}",
        plan.mode(),
        plan.connections(),
        plan.rate(),
        plan.payloadBytes(),
        plan.seconds(),
        expected(plan),
        client.received(),
        client.lostConnections(),
        ms(latencies, 50),
        ms(latencies, 90),
        ms(latencies, 99),
        ms(latencies, 99.9),
        ms(latencies, 100));
  }

  private static double ms(Histogram latencies, double percentile) {
    return latencies.getValueAtPercentile(percentile) / 1e6;
  }
}
