package dev.tailrace.dispatcher.slots;

import dev.tailrace.dispatcher.pump.PumpState;
import dev.tailrace.dispatcher.pump.PumpStatus;
import dev.tailrace.schemas.SlotMaps;
import dev.tailrace.support.kafka.KafkaSettings;
import dev.tailrace.support.slots.SlotRecords;
import dev.tailrace.support.slots.SlotWriters;
import dev.tailrace.support.slots.SlotsFollower;
import dev.tailrace.v1.SlotRecord;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what the pumps of this process have reached in a move of slots, and leads the move while
 * one of them has partition 0 of the first ingress topic. Pumps never wait for it.
 *
 * <p>Threading: {@code dispatcher-slots-keeper} owns everything; others call {@link #start} and
 * {@link #close}.
 */
public final class SlotKeeper implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SlotKeeper.class);
  private static final Duration QUIET_TURN = Duration.ofMillis(250);
  private static final Duration MOVING_TURN = Duration.ofMillis(10);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);
  private static final Duration WRITE_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

  /** How often the coordinator looks again at topics when the slots' topic tells nothing new. */
  private static final long LOOK_AGAIN_MS = 500;

  private final KafkaSettings kafka;
  private final String firstTopic;
  private final SlotsFollower slots;
  private final MoveLog log;
  private final KafkaMoveCluster cluster;
  private final Supplier<List<PumpStatus>> pumps;
  private final Clock clock;
  private final StageReports reports;
  private final MoveCoordinator coordinator;
  private final Thread thread;
  private volatile boolean stopped;

  private @Nullable Producer<byte[], byte[]> stages;
  private @Nullable Producer<byte[], byte[]> lead;

  /** Before what was written up to here is read, the coordinator decides nothing. */
  private long readTo;

  private long lookedAtChanges;
  private long lookedMs;

  private SlotKeeper(
      KafkaSettings kafka,
      String firstTopic,
      SlotsFollower slots,
      MoveLog log,
      KafkaMoveCluster cluster,
      Supplier<List<PumpStatus>> pumps,
      Clock clock) {
    this.kafka = kafka;
    this.firstTopic = firstTopic;
    this.slots = slots;
    this.log = log;
    this.cluster = cluster;
    this.pumps = pumps;
    this.clock = clock;
    this.reports = new StageReports(log, clock);
    this.coordinator = new MoveCoordinator(slots, log, cluster, clock);
    this.thread = new Thread(this::run, "dispatcher-slots-keeper");
    thread.setDaemon(true);
  }

  /**
   * Starts its thread.
   *
   * @param firstTopic whose partition 0 makes a coordinator
   * @param log hears of all that the follower reads
   * @param onFatal hears of an error that the thread ends of
   */
  static SlotKeeper start(
      KafkaSettings kafka,
      String firstTopic,
      SlotsFollower slots,
      MoveLog log,
      KafkaMoveCluster cluster,
      Supplier<List<PumpStatus>> pumps,
      Clock clock,
      Thread.UncaughtExceptionHandler onFatal) {
    SlotKeeper keeper = new SlotKeeper(kafka, firstTopic, slots, log, cluster, pumps, clock);
    keeper.thread.setUncaughtExceptionHandler(onFatal);
    keeper.thread.start();
    return keeper;
  }

  private void run() {
    try {
      while (!stopped) {
        log.awaitChange(turn());
      }
    } catch (InterruptedException e) {
      LOG.debug("stopped");
    } finally {
      closeProducers();
    }
  }

  private Duration turn() {
    try {
      SlotMaps maps = slots.get();
      report(reports.due(maps, pumps.get()));
      coordinate();
      return maps.isQuiet() ? QUIET_TURN : MOVING_TURN;
    } catch (RuntimeException e) { // also of the topics' provisioner
      if (!stopped) {
        LOG.warn("a move of slots is tried further: {}", e.getMessage());
        LOG.debug("the failure", e);
      }
      closeProducers();
      return AFTER_FAILURE;
    }
  }

  private void report(List<SlotRecord> reached) {
    if (reached.isEmpty()) {
      return;
    }
    Producer<byte[], byte[]> producer =
        stages == null ? SlotWriters.plain(kafka, "dispatcher-slots-stages") : stages;
    stages = producer;
    for (SlotRecord record : reached) {
      var _ =
          producer.send(
              SlotRecords.toKafka(record),
              (metadata, e) -> {
                if (e != null) {
                  LOG.warn(
                      "{} is not written, and the move waits for it: {}; said again",
                      SlotRecords.key(record),
                      e.getMessage());
                }
              });
    }
  }

  private void coordinate() {
    if (!hasFirstPartition()) {
      resign();
      return;
    }
    if (!coordinator.hasWork()) {
      return;
    }
    Producer<byte[], byte[]> producer = lead;
    if (producer == null) {
      producer = SlotWriters.coordinator(kafka, "dispatcher-slots-coordinator");
      lead = producer;
      producer.initTransactions();
      cluster.forget();
      readTo = cluster.slotsEnd();
      lookedMs = 0;
      LOG.info("this dispatcher leads moves of slots");
    }
    long now = clock.millis();
    long changes = log.changes();
    if (!slots.hasRead(readTo) || (changes == lookedAtChanges && now - lookedMs < LOOK_AGAIN_MS)) {
      return;
    }
    lookedAtChanges = changes;
    lookedMs = now;
    SlotRecord next = coordinator.next();
    if (next != null) {
      readTo = write(producer, next) + 1;
      lookedMs = 0;
      LOG.info("wrote {}", SlotRecords.key(next));
    }
  }

  private boolean hasFirstPartition() {
    return pumps.get().stream()
        .filter(pump -> pump.state() != PumpState.STOPPED)
        .flatMap(pump -> pump.sources().stream())
        .anyMatch(source -> source.partition() == 0 && source.topic().equals(firstTopic));
  }

  private static long write(Producer<byte[], byte[]> producer, SlotRecord record) {
    producer.beginTransaction();
    Future<RecordMetadata> written = producer.send(SlotRecords.toKafka(record));
    producer.commitTransaction();
    try {
      return written.get(WRITE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS).offset();
    } catch (ExecutionException | TimeoutException e) {
      throw new KafkaException(SlotRecords.key(record) + " is not written", e);
    } catch (InterruptedException e) {
      throw new org.apache.kafka.common.errors.InterruptException(e);
    }
  }

  private void resign() {
    Producer<byte[], byte[]> producer = lead;
    lead = null;
    if (producer != null) {
      close(producer);
      LOG.info("this dispatcher leads moves of slots no more");
    }
  }

  private void closeProducers() {
    resign();
    Producer<byte[], byte[]> producer = stages;
    stages = null;
    if (producer != null) {
      close(producer);
    }
  }

  /** An interrupt may have been what ended the turn: it must not end this as well. */
  private static void close(Producer<byte[], byte[]> producer) {
    boolean interrupted = Thread.interrupted();
    try {
      producer.close(Duration.ZERO);
    } catch (KafkaException e) {
      LOG.debug("a producer was not closed as it should be", e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() {
    stopped = true;
    thread.interrupt();
    try {
      thread.join(CLOSE_TIMEOUT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
