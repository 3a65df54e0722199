package dev.tailrace.dispatcher.pump;

import dev.tailrace.dispatcher.config.DispatcherConfig;
import dev.tailrace.dispatcher.config.TopicConfig;
import dev.tailrace.dispatcher.ingress.EventReader;
import dev.tailrace.dispatcher.metrics.DispatcherMetrics;
import dev.tailrace.dispatcher.routing.Router;
import dev.tailrace.schemas.EventLimits;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.errors.InvalidSessionTimeoutException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One pump: a thread that reads its share of the ingress partitions, copies each event to the lanes
 * and commits what was acknowledged. When something fails it starts again from its commit, after a
 * pause that grows.
 *
 * <pre>
 *  JOINING -> STARTING_SOURCES <-> RUNNING
 *     ^               |               |
 *     +---------- RESTARTING <--------+        any -> STOPPED
 *                CLOCK_REFUSED
 * </pre>
 *
 * <p>Threading: {@code dispatcher-pump-N} owns everything; others call {@link #start}, {@link
 * #status} and {@link #close}.
 */
public final class DispatchPump implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DispatchPump.class);
  private static final long FIRST_BACKOFF_MS = 200;
  private static final long LONGEST_BACKOFF_MS = 5_000;
  private static final long STOP_TIMEOUT_MS = 20_000;

  /** A delivery's longest size: what the lanes take, less what Kafka adds to it. */
  private static final int MAX_DELIVERY_BYTES = TopicConfig.MAX_MESSAGE_BYTES - 1_024;

  private final String name;
  private final DispatcherConfig config;
  private final Admin admin;
  private final SessionTimeout session;
  private final SlotVersions slots;
  private final Clock clock;
  private final DispatcherMetrics metrics;
  private final PumpClients clients;
  private final Router router;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread thread;
  private volatile PumpStatus status;
  private long backoffMs = FIRST_BACKOFF_MS;
  private String clockRefusal = "";

  /**
   * A pump that is not started yet.
   *
   * @param number tells it from others of this process
   * @param onError told of what no start from the commit can mend, such as a want of memory; the
   *     pump has ended then
   */
  public DispatchPump(
      int number,
      DispatcherConfig config,
      Admin admin,
      SessionTimeout session,
      SlotVersions slots,
      Clock clock,
      DispatcherMetrics metrics,
      Thread.UncaughtExceptionHandler onError) {
    this.name = "dispatcher-pump-" + number;
    this.config = config;
    this.admin = admin;
    this.session = session;
    this.slots = slots;
    this.clock = clock;
    this.metrics = metrics;
    this.clients = new PumpClients(config.kafka(), config.pump());
    this.router =
        new Router(
            new EventReader(config.pump().headers()),
            new EventLimits(config.pump().maxDataBytes(), config.pump().maxAddresses()),
            MAX_DELIVERY_BYTES);
    this.thread = new Thread(this::run, name);
    thread.setUncaughtExceptionHandler(onError);
    this.status = PumpStatus.initial(name, clock.millis());
  }

  /** Starts its thread. */
  public void start() {
    thread.start();
  }

  /** As it last described itself. */
  public PumpStatus status() {
    return status;
  }

  /** Stops in order and waits for it: what is in flight arrives and is committed. */
  @Override
  public void close() {
    stop.countDown();
    try {
      thread.join(STOP_TIMEOUT_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      while (isWanted()) {
        runOnce();
      }
      publish(status, PumpState.STOPPED, "stopped");
    } catch (Error e) {
      publish(status, PumpState.STOPPED, "ended by " + e);
      throw e;
    }
  }

  private boolean isWanted() {
    return stop.getCount() > 0;
  }

  private void runOnce() {
    try (Producer<byte[], byte[]> kafka = clients.laneProducer(name);
        AutoCloseable _ = metrics.bind(kafka);
        LaneProducer producer = new LaneProducer(kafka, clock, this::onAcknowledged)) {
      try {
        pump(producer);
      } catch (RuntimeException e) {
        noteClockRefusal(producer);
        throw e;
      }
    } catch (Exception e) {
      restartLater(e);
    }
  }

  private void onAcknowledged(SourceEvent event) {
    long nowMs = clock.millis();
    metrics.onAcknowledged(nowMs - event.pollMs(), nowMs - event.recordMs());
  }

  private void pump(LaneProducer producer) throws Exception {
    MetadataWatch metadata = new MetadataWatch();
    try (Consumer<byte[], byte[]> consumer =
            clients.ingressConsumer(name, session.allowed(), metadata);
        AutoCloseable _ = metrics.bind(consumer);
        PumpRun run = assemble(consumer, producer, new TopicIds(admin, metadata))) {
      run.subscribe(config.topics().ingressTopics());
      while (isWanted()) {
        run.turn();
        describe(run, producer);
      }
      run.finish();
    }
  }

  private PumpRun assemble(
      Consumer<byte[], byte[]> consumer, LaneProducer producer, TopicIds topicIds) {
    LaneMarks marks = new LaneMarks();
    Lease lease = new Lease(config.pump().lease().toMillis(), clock.millis());
    LaneReadBack readBack = new LaneReadBack(() -> clients.laneConsumer(name), slots, marks);
    EventDispatch dispatch =
        new EventDispatch(
            router, slots, marks, producer, lease, config.pump().inFlightBytes(), clock, metrics);
    SourceStarts starts =
        new SourceStarts(
            consumer,
            topicIds,
            config.topics().ingressTopics(),
            readBack,
            marks,
            dispatch,
            lease,
            slots,
            config.pump(),
            clock,
            metrics);
    return new PumpRun(
        consumer,
        producer,
        dispatch,
        readBack,
        starts,
        topicIds,
        slots,
        lease,
        config.pump(),
        clock);
  }

  private void describe(PumpRun run, LaneProducer producer) {
    if (producer.hasAcknowledged()) {
      backoffMs = FIRST_BACKOFF_MS;
      clockRefusal = "";
    }
    PumpStatus described = run.describe(status, clock.millis());
    if (clockRefusal.isEmpty()) {
      status = described;
    } else {
      publish(described, PumpState.CLOCK_REFUSED, clockRefusal);
    }
  }

  /**
   * A record refused although it was just read tells of clocks that differ; one that is refused
   * because it had waited through an outage tells nothing.
   */
  private void noteClockRefusal(LaneProducer producer) {
    LaneProducer.Failure failure = producer.failure();
    if (failure != null
        && failure.cause() instanceof InvalidTimestampException
        && failure.recordAgeMs() < config.topics().beforeMax().toMillis() / 2) {
      clockRefusal =
          "clock refused: the lanes take no record with this machine's time (%s); set the clocks of"
                  .formatted(clock.instant())
              + " dispatcher and brokers";
    }
  }

  private void restartLater(Exception e) {
    if (e instanceof InvalidSessionTimeoutException) {
      session.onRefused();
    }
    LOG.warn("{} starts again from its commit in {} ms: {}", name, backoffMs, e.getMessage());
    LOG.debug("the failure", e);
    metrics.onRestart();
    boolean refused = !clockRefusal.isEmpty();
    PumpStatus before = status;
    status =
        new PumpStatus(
            name,
            refused ? PumpState.CLOCK_REFUSED : PumpState.RESTARTING,
            refused ? clockRefusal : "starts again from its commit: " + e.getMessage(),
            clock.millis(),
            before.restarts() + 1,
            0,
            before.commitAgeMs(),
            PumpStatus.Hold.NONE,
            List.of());
    try {
      if (stop.await(backoffMs, TimeUnit.MILLISECONDS)) {
        LOG.debug("stopped while waiting to start again");
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      stop.countDown();
    }
    backoffMs = Math.min(LONGEST_BACKOFF_MS, backoffMs * 2);
  }

  private void publish(PumpStatus as, PumpState state, String reason) {
    status =
        new PumpStatus(
            as.name(),
            state,
            reason,
            clock.millis(),
            as.restarts(),
            as.inFlightBytes(),
            as.commitAgeMs(),
            as.hold(),
            as.sources());
  }
}
