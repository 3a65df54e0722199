package dev.tailrace.edge;

import dev.tailrace.edge.agent.EdgeClock;
import dev.tailrace.edge.agent.FatalErrorHandler;
import dev.tailrace.edge.catchup.CatchUpAllowance;
import dev.tailrace.edge.catchup.CatchUpProxy;
import dev.tailrace.edge.config.DrainConfig;
import dev.tailrace.edge.config.EdgeConfig;
import dev.tailrace.edge.connection.ConnectionAdmission;
import dev.tailrace.edge.connection.DisconnectReason;
import dev.tailrace.edge.cursor.ClusterTag;
import dev.tailrace.edge.delivery.DeliveryProxy;
import dev.tailrace.edge.encoding.EventEncoder;
import dev.tailrace.edge.health.ComponentDump;
import dev.tailrace.edge.health.DispatcherGroupCheck;
import dev.tailrace.edge.health.ReadinessCheck;
import dev.tailrace.edge.http.OperatorServer;
import dev.tailrace.edge.http.PublicServer;
import dev.tailrace.edge.metrics.EdgeMetrics;
import dev.tailrace.edge.publish.EventPublisher;
import dev.tailrace.edge.publish.PublishProducer;
import dev.tailrace.edge.publish.PublishRate;
import dev.tailrace.edge.tail.LaneConsumers;
import dev.tailrace.edge.tail.LaneOffsets;
import dev.tailrace.edge.tail.LaneTopology;
import dev.tailrace.edge.tail.LeaderOffsets;
import dev.tailrace.edge.tail.PartitionTailProxy;
import dev.tailrace.edge.tail.WarmUp;
import dev.tailrace.edge.tracing.DeliveryTraces;
import dev.tailrace.edge.transport.TurnBuffers;
import dev.tailrace.schemas.SlotMaps;
import dev.tailrace.schemas.Topics;
import dev.tailrace.support.config.SettingException;
import dev.tailrace.support.config.Settings;
import dev.tailrace.support.fleet.FleetProcess;
import dev.tailrace.support.kafka.IngressSettings;
import dev.tailrace.support.kafka.KafkaSettings;
import dev.tailrace.support.lifecycle.LifecycleStack;
import dev.tailrace.support.slots.KnownSlots;
import dev.tailrace.support.slots.SlotsFollower;
import dev.tailrace.support.tracing.Tracing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An edge server, put together: with {@link PublicRoutes} it alone sees all its packages.
 *
 * <p>It starts from the operator port outwards, so that what it waits for can be asked, and stops
 * the other way round: readiness first, then connections, then everything below them.
 *
 * <p>Threading: {@link #start} and {@link #close} from one thread each.
 */
public final class EdgeServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EdgeServer.class);
  private static final Duration SLOTS_WAIT = Duration.ofSeconds(5);
  private static final Duration WARM_LIMIT = Duration.ofSeconds(30);
  private static final Duration DRAIN_TURN = Duration.ofMillis(100);
  private static final Duration DRAIN_PROGRESS = Duration.ofSeconds(5);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private final EdgeConfig config;
  private final LifecycleStack started = new LifecycleStack();
  private final EdgeMetrics metrics = new EdgeMetrics();
  private final MetricsListeners listeners = new MetricsListeners(metrics);
  private final ConnectionAdmission admission;
  private final TurnBuffers buffers = TurnBuffers.ofMachine();
  private final List<DeliveryProxy> agents = new CopyOnWriteArrayList<>();
  private final List<ComponentDump> dumps = new CopyOnWriteArrayList<>();
  private final EdgeAuth auth;
  private final Admin admin;
  private final TopologyDiscovery discovery;
  private final EdgeConsole console;
  private final OperatorServer operator;
  private final Runnable onEnd;
  private final EdgeDesk desk;
  private volatile @Nullable EdgePlacement placement;
  private int port;

  private EdgeServer(Settings settings, KafkaSettings kafka, Runnable onEnd) {
    this.config = EdgeConfig.from(settings);
    this.onEnd = onEnd;
    this.admission =
        new ConnectionAdmission(
            config.delivery().maxConnections(),
            config.connections(),
            config.exempt(),
            EdgeClock.SYSTEM,
            listeners::onRefused);
    this.auth = new EdgeAuth(config, metrics.auth()); // nothing is to be closed yet if it cannot be
    started.push("metrics", metrics);
    this.admin = Admin.create(kafka.client("edge-admin", Map.of()));
    started.push("admin", () -> admin.close(Duration.ZERO)); // nobody waits for its answers then
    this.discovery = new TopologyDiscovery(admin, kafka.bootstrapServers(), EdgeClock.SYSTEM);
    List<ReadinessCheck> checks = new ArrayList<>(List.of(discovery, auth));
    listeners.showEdge(config.delivery(), List.copyOf(checks));
    if (config.auth().development()) {
      checks.add(
          new DispatcherGroupCheck(
              admin,
              settings.get(IngressSettings.GROUP),
              settings.get(IngressSettings.TOPICS),
              EdgeClock.SYSTEM));
    }
    this.console =
        started.push("console", new EdgeConsole(config, kafka, checks, metrics, listeners));
    dumps.add(ComponentDump.of("configuration", () -> EdgeConfig.describe(settings, kafka)));
    this.desk = started.push("desk", new EdgeDesk(settings, kafka, admin, agents, onEnd));
    dumps.add(ComponentDump.of("desk", desk::describe));
    this.operator =
        new OperatorServer(config.http(), checks, metrics, dumps, console.handler(desk));
  }

  /** The same, for whoever closes it without being told. */
  public static EdgeServer start(Settings settings) {
    return start(settings, () -> {});
  }

  /**
   * Starts an edge; returns when it serves, which is not before the lanes exist.
   *
   * @param onEnd called from another thread when it is to be closed: the lanes are no longer those
   *     that it began with ({@link #areLanesRecreated}), or an operator has it drain and stop
   * @throws SettingException when the configuration cannot be used, a taken port included
   */
  public static EdgeServer start(Settings settings, Runnable onEnd) {
    KafkaSettings kafka = KafkaSettings.from(settings);
    EdgeServer edge = new EdgeServer(settings, kafka, onEnd);
    try {
      edge.run(kafka);
      return edge;
    } catch (InterruptedException e) {
      edge.close(); // which has to wait for some
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while starting", e);
    } catch (RuntimeException e) {
      edge.close();
      throw e;
    } catch (Exception e) {
      edge.close();
      throw new IllegalStateException("the edge did not start", e);
    }
  }

  private void run(KafkaSettings kafka) throws Exception {
    started.push("operator port", operator);
    operator.start();
    started.push("keys", auth);
    auth.start();
    LaneTopology topology = discovery.await();
    if (topology == null) {
      throw new IllegalStateException("stopped before the lanes were there");
    }
    FleetProcess process = console.report(operator.port());
    desk.join(process);
    Tracing tracing = started.push("tracing", EdgeTracing.start(config, process, metrics));
    EventEncoder encoder = started.push("encoder", new EventEncoder(topology.tag(), listeners));
    EdgeControl control = started.push("control", new EdgeControl(kafka, metrics.control(), desk));
    dumps.add(ComponentDump.of("control", control::describe));
    SlotsFollower slots = followSlots(kafka, topology);
    PartitionTailProxy tail =
        startDelivery(kafka, new LeaderOffsets(admin), topology.tag(), slots, encoder, tracing);
    console.show(tail::logs);
    EventPublisher publisher =
        new EventPublisher(
            started.push(
                "publish",
                PublishProducer.start(
                    kafka, config.publish(), metrics.publish(), EdgeClock.SYSTEM)),
            new PublishRate(config.publish(), metrics.publish(), EdgeClock.SYSTEM),
            config.limits(),
            () -> UUID.randomUUID().toString(),
            EdgeClock.SYSTEM);
    awaitCurrent(slots);
    control.awaitCurrent(discovery);
    EdgePlacement edges =
        started.push(
            "placement", new EdgePlacement(kafka, config.placement(), slots, metrics.placement()));
    placement = edges;
    WarmUp warmUp = warmUp(tail, slots);
    PublicServer server =
        new PublicServer(
            config.http(),
            new PublicRoutes(config, metrics, auth, admission, agents, buffers, encoder)
                .routes(control, slots, publisher, edges));
    started.push("public port", server);
    server.start();
    metrics.connections().watchOverdue(server::cutAsOverdue);
    server.certificateExpiry().ifPresent(metrics.connections()::watchCertificate);
    port = server.port();
    started.push("connections", this::endConnections);
    desk.open(slots);
    discovery.serving();
    edges.announce(admission::held, tail);
    discovery.watch(topology, onEnd);
    warmUp.releaseAfter(config.delivery().linger());
  }

  private SlotsFollower followSlots(KafkaSettings kafka, LaneTopology topology) {
    return started.push(
        "slot map",
        SlotsFollower.start(
            kafka,
            "edge-slots",
            topology.slotMap(),
            _ -> {},
            this::wakeAgents,
            FatalErrorHandler.HALT::onUncaught));
  }

  /** Waits until the versions of the slot map are known that there are. */
  private void awaitCurrent(SlotsFollower slots) throws InterruptedException {
    discovery.waiting("reading " + Topics.SLOTS);
    while (!slots.awaitCurrent(SLOTS_WAIT)) {
      LOG.info("waiting: {} is not read yet", Topics.SLOTS);
      if (discovery.isStopped()) {
        throw new IllegalStateException("stopped before the slot map was known");
      }
    }
  }

  private WarmUp warmUp(PartitionTailProxy tail, Supplier<SlotMaps> slots)
      throws InterruptedException {
    Duration window = config.tail().warmWindow();
    WarmUp warmUp =
        started.push(
            "warm-up",
            new WarmUp(tail, slots.get().settled().partitions(), window, EdgeClock.SYSTEM));
    discovery.warming(warmUp::left, warmUp.partitions());
    long startMs = EdgeClock.SYSTEM.monotonicMs();
    warmUp.await(WARM_LIMIT);
    if (warmUp.left() > 0) {
      LOG.warn("{} lane partitions were not read back in time and are not", warmUp.left());
    }
    LOG.info(
        "read {} s of {} lane partitions back in {} ms",
        window.toSeconds(),
        warmUp.partitions() - warmUp.left(),
        EdgeClock.SYSTEM.monotonicMs() - startMs);
    return warmUp;
  }

  private PartitionTailProxy startDelivery(
      KafkaSettings kafka,
      LaneOffsets offsets,
      ClusterTag tag,
      KnownSlots slots,
      EventEncoder encoder,
      Tracing tracing) {
    Consumer<byte[], byte[]> tailConsumer =
        LaneConsumers.forTail(kafka, "edge-tail-0", config.tail().logBytes());
    metrics.kafka().show("tail", tailConsumer);
    PartitionTailProxy tail =
        started.push(
            "tail",
            new PartitionTailProxy(
                    0,
                    tailConsumer,
                    offsets,
                    slots,
                    config.tail(),
                    EdgeClock.SYSTEM,
                    listeners,
                    this::wakeAgents)
                .start());
    Consumer<byte[], byte[]> catchUpConsumer = LaneConsumers.forCatchUp(kafka, "edge-catchup-0");
    metrics.kafka().show("catch-up", catchUpConsumer);
    CatchUpProxy catchUp =
        started.push(
            "catch-up",
            new CatchUpProxy(
                    0,
                    catchUpConsumer,
                    offsets,
                    slots,
                    EdgeClock.SYSTEM,
                    Runtime.getRuntime().maxMemory() / 8,
                    listeners)
                .start());
    CatchUpAllowance allowance = new CatchUpAllowance(config.catchUp(), EdgeClock.SYSTEM);
    for (int i = 0; i < config.delivery().agents(); i++) {
      DeliveryProxy agent =
          new DeliveryProxy(
              i,
              tag,
              slots,
              config.delivery(),
              tail,
              offsets,
              catchUp,
              allowance,
              encoder,
              listeners,
              new DeliveryTraces(tracing),
              EdgeClock.SYSTEM,
              RandomGenerator.getDefault());
      agents.add(started.push("delivery " + i, agent.start()));
      dumps.add(ComponentDump.of("delivery " + i, agent::describe));
    }
    dumps.add(ComponentDump.of("tail", tail::describe));
    dumps.add(ComponentDump.of("catch-up", catchUp::describe));
    return tail;
  }

  private void wakeAgents() {
    agents.forEach(DeliveryProxy::wake);
  }

  /** The public port it is bound to. */
  public int port() {
    return port;
  }

  /** The operator port it is bound to. */
  public int operatorPort() {
    return operator.port();
  }

  /** How many connections it holds, with those that have not said whose they are. */
  public int connections() {
    return admission.held();
  }

  /** Whether the lanes are no longer those that it began with. */
  public boolean areLanesRecreated() {
    return discovery.areRecreated();
  }

  /** The longest that {@link #drain} takes. */
  public Duration longestDrain() {
    return config.drain().longest();
  }

  /**
   * Ends connections gently, before {@link #close}: not ready at once, and after a while one
   * connection after the other, each told when to come back. Returns when none is left or the time
   * is over.
   *
   * @param hurried waits so long, and tells whether all that are left are to be ended at once
   */
  public void drain(Predicate<Duration> hurried) {
    announceDraining();
    DrainConfig drain = config.drain();
    if (drain.window().isZero()) {
      return;
    }
    discovery.draining(admission::held);
    LOG.info(
        "draining: {} connections are ended within {} s, from in {} s on",
        admission.held(),
        drain.window().toSeconds(),
        drain.delay().toSeconds());
    if (hurried.test(drain.delay())) {
      return;
    }
    agents.forEach(agent -> agent.drain(drain.window()));
    long startMs = EdgeClock.SYSTEM.monotonicMs();
    long toldMs = startMs;
    while (admission.held() > 0) {
      long nowMs = EdgeClock.SYSTEM.monotonicMs();
      if (nowMs - startMs > drain.window().plus(DrainConfig.GRACE).toMillis()
          || hurried.test(DRAIN_TURN)) {
        LOG.info("draining: {} connections are ended at once", admission.held());
        return;
      }
      if (nowMs - toldMs >= DRAIN_PROGRESS.toMillis()) {
        toldMs = nowMs;
        LOG.info("draining: {} connections left", admission.held());
      }
    }
    LOG.info("drained");
  }

  private void announceDraining() {
    console.draining();
    EdgePlacement edges = placement;
    if (edges != null) {
      edges.draining();
    }
  }

  private void endConnections() throws InterruptedException {
    admission.close();
    for (DeliveryProxy agent : agents) {
      agent.closeConnections(DisconnectReason.SHUTDOWN);
    }
    if (!admission.awaitNone(CLOSE_TIMEOUT)) {
      LOG.warn("{} connections did not end in time and are cut", admission.held());
    }
  }

  /** Stops: not ready any more, connections are told to come back elsewhere, then the rest. */
  @Override
  public void close() {
    discovery.stop();
    announceDraining();
    started.close();
  }
}
