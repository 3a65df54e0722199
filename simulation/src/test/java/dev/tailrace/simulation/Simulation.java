package dev.tailrace.simulation;

import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.SlotHash;
import dev.tailrace.schemas.SlotMap;
import dev.tailrace.schemas.Topics;
import dev.tailrace.testing.history.Address;
import dev.tailrace.testing.history.Finding;
import dev.tailrace.testing.history.History;
import dev.tailrace.testing.history.Place;
import dev.tailrace.testing.history.ToldGap;
import dev.tailrace.v1.Event;
import dev.tailrace.v1.SlotRecord;
import dev.tailrace.v1.SlotRequest;
import dev.tailrace.v1.SourceStamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * One history: a plan carried out on real pumps, tails, catch-up readers and delivery agents over a
 * simulated Kafka, until nobody waits for anything any more.
 *
 * <p>Threading: one test thread.
 */
final class Simulation {
  private static final int LOOK_MS = 1_000;
  private static final int CALM_LOOKS = 4;
  private static final int PATIENCE_MS = 240_000;
  private static final int CLOCKS_APART_MS = 2_000;

  /**
   * How a history ended.
   *
   * @param findings what is wrong with it, in words; nothing when all is as promised
   * @param seen events that came to clients
   * @param gaps gaps told
   * @param repetitions copies that edges dropped, since another was there before
   * @param laps how often edges read Kafka for clients who came from further back
   * @param moves of slots that were settled
   * @param steps things that happened
   * @param lastedMs by its own time
   */
  record Outcome(
      List<String> findings,
      long seen,
      int gaps,
      long repetitions,
      long laps,
      int moves,
      long steps,
      long lastedMs) {}

  private final Plan plan;
  private final World world;
  private final SimCluster cluster;
  private final SlotMap slots = SlotMap.initial(Plan.USER_PARTITIONS, Plan.CHANNEL_PARTITIONS);
  private final History history = new History();
  private final List<SimDispatcher> dispatchers = new ArrayList<>();
  private final List<SimEdge> edges = new ArrayList<>();
  private final List<SimEdge> everyEdge = new ArrayList<>();
  private final Map<Integer, SimClient> clients = new LinkedHashMap<>();
  private final List<SimEdge> draining = new ArrayList<>();
  private int started;
  private long pending;

  private Simulation(Plan plan) {
    this.plan = plan;
    this.world = new World(plan.seed(), plan.replicationMs());
    this.cluster = new SimCluster(world);
    cluster.create(Topics.EVENTS, Plan.INGRESS_PARTITIONS, this::touchAll);
    cluster.create(Topics.USERS, Plan.USER_PARTITIONS, this::touchAll);
    cluster.create(Topics.CHANNELS, Plan.CHANNEL_PARTITIONS, this::touchAll);
    cluster.create(Topics.DEAD_LETTERS, 1, () -> {});
    cluster.create(Topics.SLOTS, 1, () -> {});
    for (int i = 0; i < Plan.DISPATCHERS; i++) {
      dispatchers.add(dispatcher());
    }
    for (int i = 0; i < Plan.EDGES; i++) {
      edges.add(edge());
    }
  }

  /** Carries a plan out. */
  static Outcome run(Plan plan) {
    return new Simulation(plan).run();
  }

  private void touchAll() {
    dispatchers.forEach(dispatcher -> dispatcher.process().touch());
    edges.forEach(edge -> edge.process().touch());
  }

  private SimProcess process(String name) {
    long skewMs = world.between(-CLOCKS_APART_MS, CLOCKS_APART_MS);
    return new SimProcess(world, name + "-" + started++, skewMs);
  }

  private SimDispatcher dispatcher() {
    return new SimDispatcher(cluster, process("dispatcher"), slots, this::touchAll).start();
  }

  private SimEdge edge() {
    SimEdge edge =
        new SimEdge(cluster, process("edge"), slots, plan.agents(), plan.logBytes()).start();
    everyEdge.add(edge);
    return edge;
  }

  private Outcome run() {
    plan.actions().forEach(action -> world.after(action.atMs(), () -> act(action)));
    long beganMs = world.nowMs();
    world.runUntil(beganMs + plan.lastMs());
    heal();
    long endMs = world.nowMs() + PATIENCE_MS;
    int calm = 0;
    while (world.nowMs() < endMs && calm < CALM_LOOKS) {
      world.runUntil(world.nowMs() + LOOK_MS);
      calm = isSettled() ? calm + 1 : 0;
    }
    List<String> findings =
        new ArrayList<>(history.findings().stream().map(Finding::text).toList());
    everyEdge.forEach(edge -> findings.addAll(edge.failures()));
    if (calm < CALM_LOOKS) {
      findings.add("after %d s somebody waits still".formatted(PATIENCE_MS / 1_000));
    }
    dispatchers.forEach(SimDispatcher::kill);
    List<ToldGap> gaps = history.gaps();
    gaps.stream()
        .filter(gap -> !plan.explains(gap.reason()))
        .forEach(gap -> findings.add("nothing can have been lost, and told was a " + gap));
    return new Outcome(
        findings,
        clients.values().stream().mapToLong(SimClient::seen).sum(),
        gaps.size(),
        everyEdge.stream().mapToLong(SimEdge::repetitions).sum(),
        everyEdge.stream().mapToLong(SimEdge::laps).sum(),
        edges.getFirst().slotVersions() - 1,
        world.steps(),
        world.nowMs() - beganMs);
  }

  /** Whether nobody waits for anything now. */
  private boolean isSettled() {
    return pending == 0
        && clients.values().stream().allMatch(SimClient::hasBegun)
        && history.isSettled();
  }

  /** All faults are over. */
  private void heal() {
    cluster.logs().forEach(SimLog::heal);
    dispatchers.forEach(dispatcher -> dispatcher.process().heal());
    edges.forEach(edge -> edge.process().heal());
    clients.values().forEach(SimClient::heal);
  }

  private void act(Action action) {
    switch (action) {
      case Action.Publish publish -> publish(publish);
      case Action.Follow follow -> follow(follow);
      case Action.KillDispatcher kill -> {
        dispatchers.get(kill.which()).kill();
        world.after(kill.restartMs(), () -> replace(kill.which(), dispatchers.get(kill.which())));
      }
      case Action.StopDispatcher stop -> {
        SimDispatcher stopping = dispatchers.get(stop.which());
        stopping.stop();
        world.after(1_000 + stop.restartMs(), () -> replace(stop.which(), stopping));
      }
      case Action.PauseDispatcher pause ->
          dispatchers.get(pause.which()).process().pause(pause.ms());
      case Action.CutDispatcher cut -> dispatchers.get(cut.which()).process().cut(cut.ms());
      case Action.KillEdge kill ->
          killEdge(kill.which(), edges.get(kill.which()), kill.restartMs());
      case Action.DrainEdge drain -> {
        SimEdge ending = edges.get(drain.which());
        draining.add(ending);
        ending.drain(Duration.ofMillis(drain.windowMs()));
        world.after(
            drain.windowMs() + 500, () -> killEdge(drain.which(), ending, drain.restartMs()));
      }
      case Action.PauseEdge pause -> edges.get(pause.which()).process().pause(pause.ms());
      case Action.CutEdge cut -> edges.get(cut.which()).process().cut(cut.ms());
      case Action.ChangeLeader change ->
          of(led(), change.partition()).changeLeader(change.downMs());
      case Action.LoseKafka lose -> {
        led().forEach(log -> log.changeLeader(lose.ms()));
        dispatchers.forEach(dispatcher -> dispatcher.process().cut(lose.ms()));
        edges.forEach(edge -> edge.process().cut(lose.ms()));
      }
      case Action.CutLane cut -> cutLane(of(lanes(), cut.partition()), cut.part());
      case Action.MoveSlots move -> request(move);
      case Action.CutIngress cut ->
          cut(cluster.logs(Topics.EVENTS).get(cut.partition()), cut.part());
      case Action.CutClient cut -> onClient(cut.client(), SimClient::cut);
      case Action.AwayClient away -> onClient(away.client(), client -> client.leave(away.ms()));
      case Action.LoseDispatchers lose -> {
        for (int i = 0; i < Plan.DISPATCHERS; i++) {
          act(new Action.KillDispatcher(lose.atMs(), i, lose.restartMs()));
        }
      }
      case Action.SlowClient slow -> onClient(slow.client(), client -> client.slow(slow.ms()));
    }
  }

  /** As a command writes it. */
  private void request(Action.MoveSlots move) {
    SlotRequest.Builder request = SlotRequest.newBuilder().setId("at " + move.atMs());
    if (move.channel().isEmpty()) {
      request.setLane(String.valueOf(move.lane().letter())).setGrowTo(move.partitions());
    } else {
      request
          .setLane(String.valueOf(Lane.CHANNELS.letter()))
          .setIsolateSlot(SlotHash.channelSlot(move.channel()));
    }
    cluster
        .logs(Topics.SLOTS)
        .getFirst()
        .append(
            new SimLog.Written(
                request.getId(),
                1,
                world.nowMs(),
                SlotRecord.newBuilder().setRequest(request).build().toByteString(),
                new RecordHeaders()));
  }

  /** Ingress, and the lanes. */
  private List<SimLog> led() {
    return Stream.concat(cluster.logs(Topics.EVENTS).stream(), lanes().stream()).toList();
  }

  /** Of all generations. */
  private List<SimLog> lanes() {
    return cluster.logs().stream()
        .filter(log -> SimCluster.isLane(log.partition().topic()))
        .toList();
  }

  private static SimLog of(List<SimLog> logs, int index) {
    return logs.get(index % logs.size());
  }

  private static void cut(SimLog log, double part) {
    log.removeBelow(below(log, part));
  }

  private static long below(SimLog log, double part) {
    return log.start() + Math.round(part * (log.end() - log.start()));
  }

  /** As {@link LaneRetention} says; so nothing is taken while a copy may still be written. */
  private void cutLane(SimLog log, double part) {
    if (!log.isSettled() || !dispatchers.stream().allMatch(SimDispatcher::isQuiet)) {
      pending++;
      world.after(
          200,
          () -> {
            pending--;
            cutLane(log, part);
          });
      return;
    }
    log.removeBelow(
        LaneRetention.cut(
            log.read(log.start(), Integer.MAX_VALUE), below(log, part), this::isCommitted));
  }

  private boolean isCommitted(SourceStamp source) {
    TopicPartition partition = new TopicPartition(Topics.EVENTS, source.getPartition());
    OffsetAndMetadata commit = cluster.group().committed(Set.of(partition)).get(partition);
    return commit != null && source.getOffset() < commit.offset();
  }

  private void onClient(int which, Consumer<SimClient> what) {
    SimClient client = clients.get(which);
    if (client != null) {
      what.accept(client);
    }
  }

  private void replace(int which, SimDispatcher gone) {
    if (dispatchers.get(which).equals(gone)) {
      gone.kill();
      dispatchers.set(which, dispatcher());
    }
  }

  private void killEdge(int which, SimEdge gone, long restartMs) {
    if (!edges.get(which).equals(gone) || !gone.process().isAlive()) {
      return;
    }
    gone.process().kill();
    clients.values().forEach(client -> client.onKilled(gone));
    world.after(
        restartMs,
        () -> {
          draining.remove(gone);
          edges.set(which, edge());
        });
  }

  private List<SimEdge> openEdges() {
    return edges.stream()
        .filter(edge -> edge.process().isAlive() && edge.isReady() && !draining.contains(edge))
        .toList();
  }

  private void follow(Action.Follow follow) {
    SimClient client =
        new SimClient(
            world,
            follow.kind(),
            follow.user(),
            follow.channels(),
            history.client("client " + follow.client() + " by " + follow.kind()),
            this::openEdges);
    clients.put(follow.client(), client);
    client.start();
  }

  private void publish(Action.Publish publish) {
    Event.Builder event = Event.newBuilder().setId(publish.id());
    for (Address address : publish.addresses()) {
      if (address.kind() == Address.Kind.CHANNEL) {
        event.addChannels(address.name());
      } else {
        event.addUsers(address.name());
      }
    }
    SimLog log = cluster.logs(Topics.EVENTS).get(publish.partition());
    history.sending(publish.id(), publish.addresses());
    pending++;
    SimLog.Written record =
        new SimLog.Written(
            publish.id(), 1, world.nowMs(), event.build().toByteString(), new RecordHeaders());
    world.after(world.between(0, 5), () -> write(log, record));
  }

  /** As a producer that tries until it succeeds: the record is appended once. */
  private void write(SimLog log, SimLog.Written record) {
    if (!log.hasLeader()) {
      world.after(50, () -> write(log, record));
      return;
    }
    long end = log.append(record);
    int epoch = log.epoch();
    world.after(world.between(3, 12), () -> acknowledge(log, record, end, epoch));
  }

  private void acknowledge(SimLog log, SimLog.Written record, long end, int epoch) {
    if (log.epoch() != epoch) {
      write(log, record);
    } else if (log.end() < end) {
      world.after(20, () -> acknowledge(log, record, end, epoch));
    } else {
      pending--;
      if (!world.happens(0.02)) { // else the producer never hears of it
        history.acknowledged(record.producer(), new Place(log.partition().toString(), end - 1));
      }
    }
  }
}
