package dev.tailrace.dispatcher.pump;

import dev.tailrace.dispatcher.config.DispatcherConfig;
import dev.tailrace.dispatcher.config.TopicConfig;
import dev.tailrace.dispatcher.ingress.EventReader;
import dev.tailrace.dispatcher.metrics.DispatcherMetrics;
import dev.tailrace.dispatcher.routing.Router;
import dev.tailrace.schemas.EventLimits;
import dev.tailrace.schemas.Lane;
import dev.tailrace.support.fleet.Hits;
import dev.tailrace.support.fleet.HotAddresses;
import dev.tailrace.support.lifecycle.LifecycleStack;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.InvalidSessionTimeoutException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pump, one turn at a time: it begins, does a duty cycle, and when something fails begins again
 * from its commit, after a pause that grows.
 *
 * <pre>
 *  JOINING -> STARTING_SOURCES <-> RUNNING
 *     ^               |               |
 *     +---------- RESTARTING <--------+        any -> STOPPED
 *                CLOCK_REFUSED
 * </pre>
 *
 * <p>Threading: one thread turns it and ends it; {@link #status} and {@link #hot} are for any.
 */
public final class PumpLoop {
  private static final Logger LOG = LoggerFactory.getLogger(PumpLoop.class);
  private static final long FIRST_BACKOFF_MS = 200;
  private static final long LONGEST_BACKOFF_MS = 5_000;

  /** A delivery's longest size: what the lanes take, less what Kafka adds to it. */
  private static final int MAX_DELIVERY_BYTES = TopicConfig.MAX_MESSAGE_BYTES - 1_024;

  /** Its clients, and what they do, between two starts. */
  private record Started(LifecycleStack clients, LaneProducer producer, PumpRun run) {}

  private final String name;
  private final DispatcherConfig config;
  private final Admin admin;
  private final SessionTimeout session;
  private final SlotVersions slots;
  private final Clock clock;
  private final DispatcherMetrics metrics;
  private final RouteTraces traces;
  private final PumpClients clients;
  private final MonitorWait waiting;
  private final Router router;
  private final HotAddresses hot = new HotAddresses();
  private @Nullable Started started;
  private volatile PumpStatus status;
  private long backoffMs = FIRST_BACKOFF_MS;
  private String clockRefusal = "";

  /**
   * A pump that has not begun.
   *
   * @param name of its Kafka clients
   * @param waiting how it waits for what is in flight; {@code Object::wait}
   */
  public PumpLoop(
      String name,
      DispatcherConfig config,
      Admin admin,
      SessionTimeout session,
      SlotVersions slots,
      Clock clock,
      DispatcherMetrics metrics,
      RouteTraces traces,
      PumpClients clients,
      MonitorWait waiting) {
    this.name = name;
    this.config = config;
    this.admin = admin;
    this.session = session;
    this.slots = slots;
    this.clock = clock;
    this.metrics = metrics;
    this.traces = traces;
    this.clients = clients;
    this.waiting = waiting;
    this.router =
        new Router(
            new EventReader(config.pump().headers()),
            new EventLimits(config.pump().maxDataBytes(), config.pump().maxAddresses()),
            MAX_DELIVERY_BYTES);
    this.status = PumpStatus.initial(name, clock.millis());
  }

  /** As it last described itself. */
  public PumpStatus status() {
    return status;
  }

  /** By lane, the addresses of the events that it has routed lately; any thread. */
  public Map<Lane, Hits> hot() {
    return hot.latest();
  }

  /** One duty cycle; returns for how many milliseconds there is nothing to do after it. */
  public long turn() {
    hot.turn(clock.millis());
    try {
      Started now = started == null ? start() : started;
      try {
        now.run().turn();
      } catch (RuntimeException e) {
        noteClockRefusal(now.producer());
        throw e;
      }
      describe(now);
      return 0;
    } catch (Exception e) {
      end();
      return restartLater(e);
    } catch (Error e) {
      end();
      throw e;
    }
  }

  /** Ends in order: what is in flight arrives and is committed. */
  public void finish() {
    try {
      if (started != null) {
        started.run().finish();
      }
    } catch (RuntimeException e) {
      LOG.warn("{} could not end in order: {}", name, e.getMessage());
      LOG.debug("the failure", e);
    } finally {
      end();
    }
    stopped("stopped");
  }

  /** It does nothing more, and why. */
  void stopped(String why) {
    publish(status, PumpState.STOPPED, why);
  }

  private void end() {
    Started now = started;
    started = null;
    if (now != null) {
      now.clients().close();
    }
  }

  private Started start() {
    LifecycleStack parts = new LifecycleStack();
    try {
      Producer<byte[], byte[]> kafka = clients.laneProducer(name);
      LaneProducer producer = new LaneProducer(kafka, clock, this::onAcknowledged, waiting);
      parts.push("producer", producer);
      parts.push("producer's figures", metrics.bind(kafka));
      MetadataWatch metadata = new MetadataWatch();
      Consumer<byte[], byte[]> consumer =
          clients.ingressConsumer(name, session.allowed(), metadata);
      parts.push("consumer", () -> consumer.close(PumpClients.AT_ONCE));
      parts.push("consumer's figures", metrics.bind(consumer));
      PumpRun run = assemble(consumer, producer, new TopicIds(admin, metadata));
      parts.push("run", run);
      run.subscribe(config.topics().ingressTopics());
      Started now = new Started(parts, producer, run);
      started = now;
      return now;
    } catch (RuntimeException | Error e) {
      parts.close();
      throw e;
    }
  }

  private void onAcknowledged(SourceEvent event) {
    long nowMs = clock.millis();
    metrics.onAcknowledged(nowMs - event.pollMs(), nowMs - event.recordMs());
  }

  private PumpRun assemble(
      Consumer<byte[], byte[]> consumer, LaneProducer producer, TopicIds topicIds) {
    LaneMarks marks = new LaneMarks();
    Lease lease = new Lease(config.pump().lease().toMillis(), clock.millis());
    LaneReadBack readBack = new LaneReadBack(() -> clients.laneConsumer(name), slots, marks);
    EventDispatch dispatch =
        new EventDispatch(
            router,
            slots,
            marks,
            producer,
            lease,
            config.pump().inFlightBytes(),
            clock,
            metrics,
            hot,
            traces);
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

  private void describe(Started now) {
    if (now.producer().hasAcknowledged()) {
      backoffMs = FIRST_BACKOFF_MS;
      clockRefusal = "";
    }
    PumpStatus described = now.run().describe(status, clock.millis());
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
        && isOfTimestamp(failure.cause())
        && failure.recordAgeMs() < config.topics().beforeMax().toMillis() / 2) {
      clockRefusal =
          "clock refused: the lanes take no record with this machine's time (%s); set the clocks of"
                  .formatted(clock.instant())
              + " dispatcher and brokers";
    }
  }

  /** Of a batch with several such records Kafka's client has nothing but words that say so. */
  static boolean isOfTimestamp(Exception refusal) {
    return refusal instanceof InvalidTimestampException
        || (refusal instanceof InvalidRecordException
            && String.valueOf(refusal.getMessage()).startsWith("Timestamp "));
  }

  private long restartLater(Exception e) {
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
    long pauseMs = backoffMs;
    backoffMs = Math.min(LONGEST_BACKOFF_MS, backoffMs * 2);
    return pauseMs;
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
