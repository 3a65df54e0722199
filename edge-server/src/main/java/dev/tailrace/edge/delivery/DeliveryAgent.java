package dev.tailrace.edge.delivery;

import dev.tailrace.edge.agent.Agent;
import dev.tailrace.edge.agent.EdgeClock;
import dev.tailrace.edge.connection.ConnectionRequest;
import dev.tailrace.edge.connection.DeliveryListener;
import dev.tailrace.edge.connection.DisconnectReason;
import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.connection.Transport;
import dev.tailrace.edge.log.PartitionLog;
import dev.tailrace.edge.tracing.DeliveryTraces;
import dev.tailrace.schemas.Channels;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves its connections along the partition logs. A sweep matches what is new in the logs against
 * the subscriptions; then it goes round the connections that have something waiting, reads the
 * log's end at each one, and sends all that it lacks with one flush. While a flush is in flight the
 * connection only keeps where it is. The next sweep comes when the round is over: what waits for a
 * turn stays in the logs until then, and the tail waits with what is newer.
 *
 * <p>Threading: runs on edge-delivery-N only; all others use {@link DeliveryProxy}.
 */
final class DeliveryAgent implements Agent {
  private static final Logger LOG = LoggerFactory.getLogger(DeliveryAgent.class);
  static final int COMMANDS_PER_CYCLE = 1024;
  private static final int MAX_NOTICES = 4096;
  private static final long HOUSEKEEPING_MS = 1_000;

  private final int index;
  private final Queue<DeliveryCommand> commands;
  private final DeliveryConfig config;
  private final EdgeClock clock;
  private final DeliveryListener listener;
  private final PartitionFollows follows;
  private final ReaderSetup setup;
  private final ReaderPositions positions;
  private final SlowReaders slow;
  private final TurnWriter turns;
  private final DeliveryTraces traces;
  private final ConnectionTimers timers;
  private final TurnSweep sweep;
  private final RevocationSweep revocations;
  private final HeldEvents held;
  private final InquiryScans inquiries;
  private final RandomGenerator random;
  private final IdentityHashMap<Transport, Connection> connections = new IdentityHashMap<>();
  private final HistoryRequests histories;
  private final FailedReads failedReads;
  private long nextId;
  private long housekeepingAtMs;
  private @Nullable DisconnectReason closingReason;
  private @Nullable ConnectionDrain drain;
  private volatile String description = "";

  DeliveryAgent(
      int index,
      Queue<DeliveryCommand> commands,
      DeliveryConfig config,
      EdgeClock clock,
      DeliveryListener listener,
      PartitionFollows follows,
      ReaderSetup setup,
      ReaderPositions positions,
      SlowReaders slow,
      TurnWriter turns,
      DeliveryTraces traces,
      ConnectionTimers timers,
      TurnWriter.Flushed offerWritten,
      RandomGenerator random) {
    this.index = index;
    this.commands = commands;
    this.config = config;
    this.clock = clock;
    this.listener = listener;
    this.follows = follows;
    this.histories = new HistoryRequests(follows);
    this.failedReads = new FailedReads(positions, follows);
    this.setup = setup;
    this.positions = positions;
    this.slow = slow;
    this.turns = turns;
    this.traces = traces;
    this.timers = timers;
    this.random = random;
    this.held = new HeldEvents(config.heldBytes());
    this.inquiries = new InquiryScans(index, follows, turns::effectivePosition);
    this.revocations = new RevocationSweep(follows, clock, listener, this::end, this::tell);
    this.sweep =
        new TurnSweep(
            turns,
            clock,
            next -> end(next, DisconnectReason.REVOKED),
            this::onFailed,
            this::onWritten,
            offerWritten);
  }

  @Override
  public String name() {
    return "edge-delivery-" + index;
  }

  @Override
  public int doWork() {
    int work = drainCommands();
    work += follows.negotiate(this::onLogOpened, this::onLogLost);
    work += setup.moveOn(connections.values(), this::enqueue);
    if (sweep.isRoundOver()) {
      traces.endRound();
      work += follows.sweep(reader -> enqueue(reader.connection()));
      histories.swept(this::enqueue);
      sweep.beginRound();
    }
    work += sweep.takeTurns();
    work += timers.poll(this::onDue);
    if (drain != null) {
      work += drain.endDue(clock.monotonicMs(), next -> end(next, DisconnectReason.SHUTDOWN));
    }
    return work + inquiries.scan(connections.values()) + housekeep();
  }

  private int drainCommands() {
    int drained = 0;
    while (drained < COMMANDS_PER_CYCLE) {
      DeliveryCommand command = commands.poll();
      if (command == null) {
        break;
      }
      handle(command);
      drained++;
    }
    return drained;
  }

  private void handle(DeliveryCommand command) {
    switch (command) {
      case DeliveryCommand.Register register -> onRegister(register.request());
      case DeliveryCommand.Closed closed -> drop(connections.get(closed.transport()), null);
      case DeliveryCommand.Subscribe subscribe ->
          ofClient(subscribe.transport(), client -> onSubscribe(client, subscribe));
      case DeliveryCommand.Unsubscribe unsubscribe ->
          ofClient(unsubscribe.transport(), client -> onUnsubscribe(client, unsubscribe));
      case DeliveryCommand.Tell tell ->
          ofClient(tell.transport(), client -> tell(client, tell.notice()));
      case DeliveryCommand.Refresh refresh ->
          ofClient(refresh.transport(), client -> onRefresh(client, refresh));
      case DeliveryCommand.Close close -> end(connections.get(close.transport()), close.reason());
      case DeliveryCommand.Written written -> onWritten(written.connection(), written.failure());
      case DeliveryCommand.Chunk chunk -> onChunk(chunk);
      case DeliveryCommand.LeaderEnd answer -> onLeaderEnd(answer);
      case DeliveryCommand.StartAnswer answer -> onStartAnswer(answer);
      case DeliveryCommand.LastEventsFound found -> onLastEvents(found);
      case DeliveryCommand.Drain begin -> onDrain(begin);
      case DeliveryCommand.Sweep all ->
          revocations.sweep(connections.values(), all, this::openIfKnown);
      case DeliveryCommand.Inquire inquire -> inquiries.add(inquire);
      case DeliveryCommand.CloseAll all -> {
        closingReason = all.reason();
        List.copyOf(connections.values()).forEach(c -> end(c, all.reason()));
      }
    }
  }

  private void onDrain(DeliveryCommand.Drain begin) {
    long nowMs = clock.monotonicMs();
    drain = ConnectionDrain.of(connections.values(), nowMs, begin.windowMs(), random);
    for (Connection connection : connections.values()) {
      if (connection.transport().kind().isAnswer()) {
        connection.setAnswerByMs(nowMs);
        enqueue(connection);
      }
    }
  }

  /** Whatever comes of a client's command, the client may send the next. */
  private void ofClient(Transport transport, Consumer<Connection> command) {
    Connection connection = connections.get(transport);
    if (connection == null) {
      transport.onCommandHandled();
      return;
    }
    try {
      command.accept(connection);
    } finally {
      connection.onCommandHandled();
    }
  }

  private void onRegister(ConnectionRequest request) {
    if (closingReason != null || drain != null) {
      request.transport().close(closingReason == null ? DisconnectReason.SHUTDOWN : closingReason);
      return;
    }
    Connection connection =
        new Connection(
            nextId++, request.transport(), request.subscriber(), request.address(), clock.millis());
    connections.put(request.transport(), connection);
    histories.add(connection);
    listener.onOpened(request.transport().kind());
    timers.begin(connection, request);
    setup.addAll(connection, request);
    timers.scheduleHeartbeat(connection);
    if (revocations.judge(connection, RevocationSweep.REVOKED)) {
      openIfKnown(connection);
    }
  }

  private void onSubscribe(Connection connection, DeliveryCommand.Subscribe command) {
    String channel = command.channel();
    Notice refusal = setup.refusal(connection, command.ref(), channel, config.maxSubscriptions());
    if (refusal != null) {
      tell(connection, refusal);
    } else {
      setup.add(connection, channel, command.start(), command.ref(), command.intervalMs());
      openIfKnown(connection);
    }
  }

  private void onUnsubscribe(Connection connection, DeliveryCommand.Unsubscribe command) {
    LaneReader reader = connection.readerOf(command.channel());
    if (reader == null || command.channel().equals(Channels.BROADCAST)) {
      String channel = command.channel();
      tell(
          connection,
          new Notice.CommandError(command.ref(), "not_subscribed", "not subscribed", channel));
      return;
    }
    connection.readers().remove(reader);
    follows.remove(reader, clock.monotonicMs());
    tell(connection, new Notice.Unsubscribed(command.ref(), command.channel()));
    openIfKnown(connection); // it may have been the one that was waited for
  }

  private void onRefresh(Connection connection, DeliveryCommand.Refresh command) {
    connection.setSubscriber(command.subscriber());
    timers.setExpiryWarning(connection);
    timers.reschedule(connection);
    if (revocations.judge(connection, RevocationSweep.NOT_IN_TOKEN)) {
      openIfKnown(connection);
    }
  }

  private void tell(Connection connection, Notice notice) {
    if (connection.state() == Connection.State.CLOSED) {
      return;
    }
    if (connection.noticeCount() >= MAX_NOTICES) {
      end(connection, DisconnectReason.SLOW);
      return;
    }
    connection.addNotice(notice);
    enqueue(connection);
  }

  private void onLogOpened(FollowedPartition partition) {
    PartitionLog log = partition.log();
    if (log == null) {
      return;
    }
    for (LaneReader reader : partition.index().all()) {
      if (reader.state() == LaneReader.State.OPENING && positions.open(reader, log)) {
        openIfKnown(reader.connection());
      }
    }
  }

  private void onLogLost(FollowedPartition partition, PartitionLog log) {
    positions.reopen(partition.index().all(), log, turns::effectivePosition);
  }

  private void onLeaderEnd(DeliveryCommand.LeaderEnd answer) {
    LaneReader reader = answer.reader();
    if (reader.isAwaitingAnswer(answer.question())
        && reader.connection().readers().contains(reader)) {
      positions.onLeaderEnd(reader, answer.end(), follows.log(reader.partition()));
      openIfKnown(reader.connection());
    }
  }

  private void onStartAnswer(DeliveryCommand.StartAnswer answer) {
    if (answer.failure() != null) {
      LOG.warn("{} is not known yet, asking again", answer.question(), answer.failure());
    }
    positions
        .onStartAnswer(answer, follows.log(answer.question().partition()))
        .forEach(reader -> openIfKnown(reader.connection()));
  }

  private void onLastEvents(DeliveryCommand.LastEventsFound found) {
    LaneReader reader = found.asking().reader();
    if (positions.onLastEvents(found, follows.log(reader.partition()))) {
      openIfKnown(reader.connection());
    }
  }

  /** Tells the client where it starts, once that is known of everything it asked for. */
  private void openIfKnown(Connection connection) {
    if (connection.state() == Connection.State.CLOSED) {
      return;
    }
    boolean opening = connection.state() == Connection.State.OPENING;
    for (LaneReader reader : connection.readers()) {
      if (reader.state() == LaneReader.State.OPENING) {
        if (opening) {
          return;
        }
      } else if (!reader.isAnnounced()) {
        reader.setAnnounced();
        if (reader.ref() >= 0) {
          String channel = reader.channels().getFirst();
          connection.addNotice(
              new Notice.Subscribed(reader.ref(), channel, turns.cursorOf(reader)));
        }
      }
    }
    if (opening) {
      connection.setState(Connection.State.OPEN);
      connection.addFirstNotice(
          new Notice.Opened(turns.wholeCursor(connection), connection.subscriber().user()));
    }
    enqueue(connection);
  }

  private void enqueue(Connection connection) {
    sweep.add(connection);
  }

  /** Whatever is wrong with one connection's turn, the others' go on. */
  private void onFailed(Connection connection, RuntimeException cause) {
    LOG.error("{}: a turn failed, its connection is ended", name(), cause);
    connection.transport().discardTurn();
    end(connection, DisconnectReason.FAILED);
  }

  private void onWritten(Connection connection, @Nullable Throwable failure) {
    connection.setWriting(false);
    long lateSinceMs = connection.lateSinceMs();
    if (lateSinceMs != Connection.IN_TIME) {
      connection.setLateSinceMs(Connection.IN_TIME);
      connection.setHeldEvent(null);
      listener.onLateWrite(connection.transport().kind(), clock.monotonicMs() - lateSinceMs);
    }
    if (failure != null) {
      connection.transport().close(DisconnectReason.FAILED); // mostly it is gone already
      drop(connection, null);
    } else if (connection.transport().kind().isAnswer()) {
      drop(connection, null);
    } else if (connection.hasWaiting() && !isEndedAsSlow(connection)) {
      enqueue(connection);
    }
  }

  private boolean isEndedAsSlow(Connection connection) {
    boolean ends = slow.mustEnd(connection);
    if (ends) {
      end(connection, DisconnectReason.LAGGING);
    }
    return ends;
  }

  private void onChunk(DeliveryCommand.Chunk command) {
    LaneReader reader = command.reader();
    Connection connection = reader.connection();
    if (connection.state() == Connection.State.CLOSED
        || reader.session() != command.session()
        || !connection.readers().contains(reader)) {
      return;
    }
    positions.onChunk(reader, command.session());
    if (!connection.takesTurns()) {
      reader.holdChunkHere();
    }
    if (command.session().isFailed() && reader.chunk().peek() == null) {
      failedReads.add(reader); // else what came is written first, and the rest asked for after it
    } else {
      enqueue(connection);
    }
  }

  private void onDue(Connection connection) {
    long nowMs = clock.monotonicMs();
    if (clock.millis() >= connection.subscriber().endsAtMs()) {
      end(connection, DisconnectReason.TOKEN_EXPIRED);
      return;
    }
    if (nowMs >= connection.endsAtMs()) {
      end(connection, DisconnectReason.LIFETIME);
      return;
    }
    Notice warning = timers.takeExpiryWarning(connection);
    if (warning != null) {
      tell(connection, warning);
      if (connection.state() == Connection.State.CLOSED) {
        return; // it had too much to be told already
      }
    }
    boolean beats = nowMs >= connection.heartbeatAtMs();
    if (nowMs >= connection.answerByMs()) {
      // Nobody knows where it is to begin, or Kafka has not said what is there: no answer is better
      // than an empty one that moves its client nowhere.
      if (connection.hasNoAnswer(beats)) {
        end(connection, DisconnectReason.OVERLOADED);
        return;
      }
      enqueue(connection);
    }
    if (connection.hasWaiting()) {
      enqueue(connection); // the interval of one of its readers may be over
    }
    if (beats) {
      heartbeat(connection);
    } else {
      timers.reschedule(connection);
    }
  }

  private void heartbeat(Connection connection) {
    if (isEndedAsSlow(connection)) {
      return;
    }
    if (!connection.isWriting()) {
      tell(
          connection,
          connection.state() == Connection.State.OPEN
              ? new Notice.CursorHeartbeat(turns.wholeCursor(connection))
              : new Notice.Alive());
    }
    if (connection.state() != Connection.State.CLOSED) {
      timers.scheduleHeartbeat(connection);
    }
  }

  private int housekeep() {
    long nowMs = clock.monotonicMs();
    failedReads.retry(nowMs, this::enqueue);
    if (nowMs < housekeepingAtMs) {
      return 0;
    }
    housekeepingAtMs = nowMs + HOUSEKEEPING_MS;
    positions.retryRefused(follows::log);
    follows.expireIdle(nowMs);
    held.bound(connections.values(), connection -> end(connection, DisconnectReason.LAGGING));
    listener.onCensus(index, CensusTaker.take(connections.values(), follows, nowMs));
    StringBuilder text = new StringBuilder();
    text.append(name()).append(": connections ").append(connections.size()).append('\n');
    text.append("  bytes held by those late to read ").append(held.bytes()).append('\n');
    follows.describe(text);
    description = text.toString();
    return 0;
  }

  /** Ends a connection from this side. */
  private void end(@Nullable Connection connection, DisconnectReason reason) {
    if (connection != null && connection.state() != Connection.State.CLOSED) {
      connection.transport().close(reason);
      drop(connection, reason);
    }
  }

  private void drop(@Nullable Connection connection, @Nullable DisconnectReason reason) {
    if (connection == null || connection.state() == Connection.State.CLOSED) {
      return;
    }
    connection.setState(Connection.State.CLOSED);
    connections.remove(connection.transport());
    histories.remove(connection);
    timers.cancel(connection);
    long nowMs = clock.monotonicMs();
    connection.readers().forEach(reader -> follows.remove(reader, nowMs));
    connection.readers().clear();
    connection.clearNotices();
    listener.onClosed(connection.transport().kind(), reason);
  }

  /** Any thread: as of the last second. */
  String describe() {
    return description;
  }

  @Override
  public void onClose() {
    List.copyOf(connections.values()).forEach(c -> end(c, DisconnectReason.SHUTDOWN));
    follows.close();
  }
}
