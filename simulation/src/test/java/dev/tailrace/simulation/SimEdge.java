package dev.tailrace.simulation;

import dev.tailrace.edge.agent.Agent;
import dev.tailrace.edge.catchup.CatchUpAllowance;
import dev.tailrace.edge.catchup.CatchUpConfig;
import dev.tailrace.edge.catchup.CatchUpListener;
import dev.tailrace.edge.catchup.CatchUpProxy;
import dev.tailrace.edge.connection.ConnectionAcceptor;
import dev.tailrace.edge.connection.ConnectionCensus;
import dev.tailrace.edge.connection.DeliveryListener;
import dev.tailrace.edge.connection.DisconnectReason;
import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.connection.SlowPolicy;
import dev.tailrace.edge.connection.Transport;
import dev.tailrace.edge.cursor.ClusterTag;
import dev.tailrace.edge.delivery.DeliveryConfig;
import dev.tailrace.edge.delivery.DeliveryProxy;
import dev.tailrace.edge.delivery.SlowPolicies;
import dev.tailrace.edge.encoding.EventEncoder;
import dev.tailrace.edge.tail.PartitionTailProxy;
import dev.tailrace.edge.tail.TailConfig;
import dev.tailrace.edge.tail.TailListener;
import dev.tailrace.edge.tracing.DeliveryTraces;
import dev.tailrace.schemas.SlotMap;
import dev.tailrace.support.tracing.Tracing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An edge's real tail, catch-up reader and delivery agents, turned by the {@link World}.
 *
 * <p>Threading: one test thread.
 */
final class SimEdge implements DeliveryListener, TailListener, CatchUpListener {
  static final ClusterTag TAG = new ClusterTag("sim");
  private static final int MAX_SUBSCRIPTIONS = 10;

  private final World world;
  private final SimProcess process;
  private final EventEncoder encoder = new EventEncoder(TAG, key -> {});
  private final List<DeliveryProxy> agents = new ArrayList<>();
  private final SimSlots slots;
  private final PartitionTailProxy tail;
  private final CatchUpProxy catchUp;
  private final List<String> failures = new ArrayList<>();
  private long repetitions;
  private long laps;

  /**
   * One that holds nothing yet.
   *
   * @param logBytes of each partition's window in memory
   */
  SimEdge(SimCluster cluster, SimProcess process, SlotMap slotMap, int agentCount, long logBytes) {
    this.world = cluster.world();
    this.process = process;
    slots = new SimSlots(cluster, process, slotMap, record -> {});
    SimOffsets offsets = new SimOffsets(cluster, process);
    tail =
        new PartitionTailProxy(
            0,
            new SimConsumer(cluster, process, false),
            offsets,
            slots,
            new TailConfig(logBytes, 3 * logBytes, Duration.ZERO, Duration.ZERO, false),
            process,
            this,
            process::touch);
    catchUp =
        new CatchUpProxy(
            0,
            new SimConsumer(cluster, process, false),
            offsets,
            slots,
            process,
            8 * logBytes,
            this);
    CatchUpAllowance allowance =
        new CatchUpAllowance(new CatchUpConfig(Long.MAX_VALUE, Long.MAX_VALUE), process);
    DeliveryConfig config =
        new DeliveryConfig(
            agentCount,
            100,
            MAX_SUBSCRIPTIONS,
            Duration.ofSeconds(3),
            Duration.ofSeconds(40),
            Duration.ofMillis(world.between(0, 5_000)),
            SlowPolicies.NONE,
            8 * logBytes);
    for (int i = 0; i < agentCount; i++) {
      agents.add(
          new DeliveryProxy(
              i,
              TAG,
              slots,
              config,
              tail,
              offsets,
              catchUp,
              allowance,
              encoder,
              this,
              new DeliveryTraces(Tracing.off()),
              process,
              world.random()));
    }
  }

  SimEdge start() {
    slots.start();
    process.thread(() -> turn(tail.agent()));
    process.thread(() -> turn(catchUp.agent()));
    agents.forEach(agent -> process.thread(() -> turn(agent.agent())));
    return this;
  }

  private boolean turn(Agent agent) {
    try {
      if (agent.doWork() > 0 && !agent.equals(tail.agent())) {
        process.touch();
      }
    } catch (RuntimeException e) { // its thread would log it and go on
      failures.add(agent.name() + " failed in a duty cycle: " + e);
    }
    return true;
  }

  /** How many versions of the slot map it knows to be settled. */
  int slotVersions() {
    return slots.get().settled().version();
  }

  /** Whether it lets clients in: it knows the versions of the slot map that there were. */
  boolean isReady() {
    return slots.isCurrent();
  }

  SimProcess process() {
    return process;
  }

  EventEncoder encoder() {
    return encoder;
  }

  /** Duty cycles that threw. */
  List<String> failures() {
    return failures;
  }

  /** Which agent takes a new connection. */
  ConnectionAcceptor acceptor() {
    return agents.get(world.random().nextInt(agents.size()));
  }

  /** Its connections are sent away, evenly over this time. */
  void drain(Duration window) {
    agents.forEach(agent -> agent.drain(window));
    process.touch();
  }

  @Override
  public void onFollowed() {
    process.touch();
  }

  @Override
  public void onUnfollowed() {}

  @Override
  public void onOpened(Transport.Kind kind) {}

  @Override
  public void onClosed(Transport.Kind kind, @Nullable DisconnectReason reason) {}

  @Override
  public void onTurn(Transport.Kind kind, int events, int bytes, long liveMs) {}

  @Override
  public void onLateWrite(Transport.Kind kind, long tookMs) {}

  @Override
  public void onCensus(int agent, ConnectionCensus census) {}

  @Override
  public void onGap(Notice.Gap.Reason reason) {}

  @Override
  public void onResumed(Notice.Gap.@Nullable Reason lost) {}

  @Override
  public void onWithdrawn() {}

  @Override
  public void onSlow(SlowPolicy applied) {}

  @Override
  public void onRead(int records, int kept, int repeated, long bytes) {
    repetitions += repeated;
  }

  /** Copies that it has dropped, since another was there before. */
  long repetitions() {
    return repetitions;
  }

  @Override
  public void onUnreadable(int records) {}

  @Override
  public void onWanted(int deliveries) {}

  @Override
  public void onLap() {
    laps++;
  }

  /** How often it has read Kafka for clients whose position its memory does not reach back to. */
  long laps() {
    return laps;
  }

  @Override
  public void onScanned(long bytes) {}

  @Override
  public void onGiven(long bytes) {}
}
