package dev.tailrace.simulation;

import dev.tailrace.dispatcher.config.DispatcherConfig;
import dev.tailrace.dispatcher.metrics.DispatcherMetrics;
import dev.tailrace.dispatcher.pump.MetadataWatch;
import dev.tailrace.dispatcher.pump.PumpClients;
import dev.tailrace.dispatcher.pump.PumpLoop;
import dev.tailrace.dispatcher.pump.PumpStatus;
import dev.tailrace.dispatcher.pump.RouteTraces;
import dev.tailrace.dispatcher.pump.SessionTimeout;
import dev.tailrace.dispatcher.slots.MoveLog;
import dev.tailrace.schemas.SlotMap;
import dev.tailrace.support.config.Settings;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;

/**
 * A dispatcher with one real pump, whose clients are simulated.
 *
 * <p>Threading: one test thread.
 */
final class SimDispatcher implements PumpClients {
  private static final DispatcherConfig CONFIG =
      DispatcherConfig.from(Settings.of(Map.of("dev", "true", "dispatcher.poll.interval", "0ms")));

  /** Shared: nothing of a history depends on them. */
  private static final DispatcherMetrics METRICS = new DispatcherMetrics();

  /** After how long all of a former process has arrived, and all that one had held back. */
  private static final long SETTLED_MS = 1_000;

  private final SimCluster cluster;
  private final SimProcess process;
  private final SimSlots slots;
  private final SimKeeper keeper;
  private final PumpLoop pump;
  private long pausedUntilMs;
  private boolean turning;
  private boolean stopping;

  /**
   * One that does nothing yet.
   *
   * @param onCommitted hears of records in topics that it makes
   */
  SimDispatcher(SimCluster cluster, SimProcess process, SlotMap initial, Runnable onCommitted) {
    this.cluster = cluster;
    this.process = process;
    MoveLog moves = new MoveLog();
    this.slots = new SimSlots(cluster, process, initial, moves::onRecord);
    this.keeper = new SimKeeper(cluster, process, slots, moves, this::status, onCommitted);
    this.pump =
        new PumpLoop(
            "pump",
            CONFIG,
            SimAdmin.of(cluster, process),
            SessionTimeout.untold(CONFIG.pump().sessionTimeout()),
            slots,
            process.wallClock(),
            METRICS,
            RouteTraces.off(),
            this,
            this::await);
  }

  SimDispatcher start() {
    slots.start();
    keeper.start();
    process.thread(this::turn);
    return this;
  }

  SimProcess process() {
    return process;
  }

  PumpStatus status() {
    return pump.status();
  }

  /** Whether nothing of it is under way, nor of one that was here a moment ago. */
  boolean isQuiet() {
    return process.isHeard()
        && pump.status().inFlightBytes() == 0
        && process.monotonicMs() - process.troubledMs() > SETTLED_MS;
  }

  /** It ends in order. */
  void stop() {
    stopping = true;
    process.touch();
  }

  /** It dies: whatever it does next fails, and it lets its clients go. */
  void kill() {
    process.kill();
    if (!turning) {
      try {
        pump.turn();
      } catch (SimProcess.KilledException e) {
        // As expected.
      }
    }
  }

  private boolean turn() {
    turning = true;
    try {
      if (stopping) {
        pump.finish();
        process.kill();
      } else if (process.monotonicMs() >= pausedUntilMs) {
        pausedUntilMs = process.monotonicMs() + pump.turn();
      }
    } finally {
      turning = false;
    }
    return process.isAlive();
  }

  /** Everybody else goes on meanwhile, one step: it looks again then. */
  private void await(Object monitor, long ms) {
    World world = cluster.world();
    world.step(world.nowMs() + Math.min(ms, 5));
    process.requireAlive();
  }

  @Override
  public Consumer<byte[], byte[]> ingressConsumer(
      String name, Duration session, MetadataWatch metadata) {
    return new SimConsumer(cluster, process, false);
  }

  @Override
  public Consumer<byte[], byte[]> laneConsumer(String name) {
    return new SimConsumer(cluster, process, true);
  }

  @Override
  public Producer<byte[], byte[]> laneProducer(String name) {
    return new SimProducer(cluster, process, name);
  }
}
