package dev.tailrace.support.fleet;

import dev.tailrace.schemas.Topics;
import dev.tailrace.support.kafka.KafkaSettings;
import dev.tailrace.v1.Fleet;
import dev.tailrace.v1.ProcessReport;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what a process says of itself to {@code tailrace.fleet}, every two seconds, and a
 * tombstone when it ends, if it was heard before. What Kafka does not take is made up for by the
 * next report: nobody waits for one, and nothing that is delivered depends on it. It is logged once
 * when reports begin to fail, however many do.
 *
 * <p>Threading: a thread of its own asks for the report, and alone sends, which may block for
 * metadata; the rest from any thread.
 */
public final class FleetReporter implements AutoCloseable {
  /** The one that there is to be, and that is read. */
  private static final int PARTITION = 0;

  private static final Logger LOG = LoggerFactory.getLogger(FleetReporter.class);
  private static final int MAX_BLOCK_MS = 1_000;
  private static final long BUFFER_BYTES = 4 << 20;
  private static final Duration LAST_WORD = Duration.ofSeconds(2);

  private enum Signal {
    NOW,
    ENDING
  }

  private final FleetProcess process;
  private final Consumer<ProcessReport.Builder> role;
  private final Producer<byte[], byte[]> producer;
  private final InstantSource clock;
  private final Duration interval;

  /** Each signal is given once, or again: what finds no room changes nothing. */
  private final BlockingQueue<Signal> signals = new ArrayBlockingQueue<>(8);

  private final Thread thread;
  private volatile boolean failing;

  FleetReporter(
      String name,
      FleetProcess process,
      Consumer<ProcessReport.Builder> role,
      Producer<byte[], byte[]> producer,
      InstantSource clock,
      Duration interval) {
    this.process = process;
    this.role = role;
    this.producer = producer;
    this.clock = clock;
    this.interval = interval;
    this.thread = new Thread(this::run, name);
    thread.setDaemon(true);
  }

  /**
   * Starts reporting.
   *
   * @param name of its thread, and of its Kafka client
   * @param role adds what there is to say, on that thread; it may wait for a second or two
   * @param onFatal hears of an error that the thread ends of
   */
  public static FleetReporter start(
      KafkaSettings kafka,
      String name,
      FleetProcess process,
      Consumer<ProcessReport.Builder> role,
      InstantSource clock,
      Thread.UncaughtExceptionHandler onFatal) {
    return new FleetReporter(
            name,
            process,
            role,
            new KafkaProducer<>(
                kafka.client(name, producerProperties()),
                new ByteArraySerializer(),
                new ByteArraySerializer()),
            clock,
            FleetProcess.INTERVAL)
        .start(onFatal);
  }

  FleetReporter start(Thread.UncaughtExceptionHandler onFatal) {
    thread.setUncaughtExceptionHandler(onFatal);
    thread.start();
    return this;
  }

  /** In order, and not kept for long: a report that is late says what is no longer so. */
  private static Map<String, Object> producerProperties() {
    int timeoutMs = Math.toIntExact(FleetProcess.INTERVAL.toMillis());
    return Map.of(
        ProducerConfig.ACKS_CONFIG,
        "1",
        ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
        false,
        ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION,
        1,
        ProducerConfig.COMPRESSION_TYPE_CONFIG,
        "gzip",
        ProducerConfig.LINGER_MS_CONFIG,
        0,
        ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
        timeoutMs,
        ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
        timeoutMs,
        ProducerConfig.MAX_BLOCK_MS_CONFIG,
        MAX_BLOCK_MS,
        ProducerConfig.BUFFER_MEMORY_CONFIG,
        BUFFER_BYTES);
  }

  private void run() {
    try {
      while (true) {
        report();
        Signal signal = signals.poll(interval.toMillis(), TimeUnit.MILLISECONDS);
        if (signal == Signal.ENDING) {
          if (!failing) {
            send(null);
          }
          return;
        }
      }
    } catch (InterruptedException | InterruptException e) {
      LOG.debug("interrupted", e);
    } finally {
      close(producer);
    }
  }

  private static void close(Producer<byte[], byte[]> producer) {
    try {
      producer.close(LAST_WORD);
    } catch (InterruptException e) {
      LOG.debug("interrupted", e);
    }
  }

  /** Whatever is wrong with one report, others follow. */
  private void report() {
    try {
      ProcessReport.Builder report = process.report(clock.instant());
      role.accept(report);
      send(Fleet.newBuilder().setReport(report).build().toByteArray());
    } catch (InterruptException e) {
      throw e;
    } catch (RuntimeException e) {
      onDone(e);
    }
  }

  private void send(byte @Nullable [] value) {
    try {
      // The callback tells all that the future would.
      var _ =
          producer.send(
              new ProducerRecord<>(Topics.FLEET, PARTITION, process.key(), value),
              (written, failure) -> onDone(failure));
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      onDone(e);
    }
  }

  private void onDone(@Nullable Exception failure) {
    if (failure != null && !failing) {
      LOG.warn(
          "{} cannot say how it is in {}, trying on: {}",
          process.name(),
          Topics.FLEET,
          failure.toString());
    }
    failing = failure != null;
  }

  /** Whether Kafka did not take the last one. */
  boolean isFailing() {
    return failing;
  }

  /** Reports at once: something has changed that people wait to see. Never blocks. */
  public void reportNow() {
    signals.offer(Signal.NOW);
  }

  /** The last word, for which it is waited a few seconds at most. */
  @Override
  public void close() {
    signals.offer(Signal.ENDING);
    if (failing) {
      thread.interrupt(); // nobody hears a last word
    }
    try {
      if (!thread.join(LAST_WORD.plusMillis(2L * MAX_BLOCK_MS))) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
