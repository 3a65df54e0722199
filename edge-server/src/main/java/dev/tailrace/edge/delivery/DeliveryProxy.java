package dev.tailrace.edge.delivery;

import dev.tailrace.edge.agent.AgentThread;
import dev.tailrace.edge.agent.EdgeClock;
import dev.tailrace.edge.catchup.CatchUpRequests;
import dev.tailrace.edge.connection.ConnectionAcceptor;
import dev.tailrace.edge.connection.ConnectionRequest;
import dev.tailrace.edge.connection.DeliveryListener;
import dev.tailrace.edge.connection.DisconnectReason;
import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.connection.Subscriber;
import dev.tailrace.edge.connection.Transport;
import dev.tailrace.edge.cursor.Cursor;
import dev.tailrace.edge.encoding.EventEncoder;
import dev.tailrace.edge.tail.LaneTopology;
import dev.tailrace.edge.tail.TailCommands;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jctools.queues.atomic.MpscAtomicArrayQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How others reach a {@link DeliveryAgent}. Registrations are refused while the queue is half full
 * or the agent has all its connections; the other half is room for what accepted connections still
 * have to say: at most one write, one close and one command each are outstanding.
 *
 * <p>Threading: any thread.
 */
public final class DeliveryProxy implements ConnectionAcceptor, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DeliveryProxy.class);
  private static final Duration MAX_IDLE = Duration.ofMillis(15);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
  private static final int COMMANDS_PER_CONNECTION = 8;

  private final MpscAtomicArrayQueue<DeliveryCommand> commands;
  private final DeliveryAgent agent;
  private final AgentThread thread;
  private final int maxConnections;

  /** Builds an agent that reads from this tail and this catch-up reader. */
  public DeliveryProxy(
      int index,
      LaneTopology topology,
      DeliveryConfig config,
      TailCommands tail,
      CatchUpRequests catchUp,
      EventEncoder encoder,
      DeliveryListener listener,
      EdgeClock clock,
      RandomGenerator random) {
    this.maxConnections = Math.ceilDiv(config.maxConnections(), config.agents());
    this.commands =
        new MpscAtomicArrayQueue<>(Math.max(1024, 2 * COMMANDS_PER_CONNECTION * maxConnections));
    PartitionFollows follows = new PartitionFollows(tail, this::wake, config.linger().toMillis());
    String tag = topology.tag().text();
    ReaderPositions positions =
        new ReaderPositions(
            topology.slotMap(),
            tag,
            encoder,
            tail,
            catchUp,
            (reader, end) -> offer(new DeliveryCommand.LeaderEnd(reader, end)),
            (reader, session) -> offer(new DeliveryCommand.Chunk(reader, session)));
    TurnWriter turns = new TurnWriter(tag, follows, positions, listener, clock);
    this.agent =
        new DeliveryAgent(
            index,
            commands,
            config,
            clock,
            listener,
            follows,
            new ReaderSetup(topology.slotMap(), positions, follows),
            positions,
            turns,
            new ConnectionTimers(clock, random, config.heartbeat().toMillis()),
            (connection, failure) -> offer(new DeliveryCommand.Written(connection, failure)));
    this.thread = new AgentThread(agent, MAX_IDLE, CLOSE_TIMEOUT);
  }

  /** The agent, to be driven by hand. */
  DeliveryAgent agent() {
    return agent;
  }

  /** Starts the agent. */
  public DeliveryProxy start() {
    thread.start();
    return this;
  }

  /** Wakes the agent: there may be something to do. Any thread; never blocks. */
  public void wake() {
    thread.wake();
  }

  @Override
  public boolean offerRegister(ConnectionRequest request) {
    if (agent.connectionCount() >= maxConnections || commands.size() > commands.capacity() / 2) {
      return false;
    }
    return offer(new DeliveryCommand.Register(request));
  }

  @Override
  public void offerClosed(Transport transport) {
    offer(new DeliveryCommand.Closed(transport));
  }

  @Override
  public void offerSubscribe(
      Transport transport, long ref, String channel, @Nullable Cursor cursor) {
    offer(new DeliveryCommand.Subscribe(transport, ref, channel, cursor));
  }

  @Override
  public void offerUnsubscribe(Transport transport, long ref, String channel) {
    offer(new DeliveryCommand.Unsubscribe(transport, ref, channel));
  }

  @Override
  public void offerNotice(Transport transport, Notice notice) {
    offer(new DeliveryCommand.Tell(transport, notice));
  }

  @Override
  public void offerRefresh(Transport transport, Subscriber refreshed) {
    offer(new DeliveryCommand.Refresh(transport, refreshed));
  }

  @Override
  public void offerClose(Transport transport, DisconnectReason reason) {
    offer(new DeliveryCommand.Close(transport, reason));
  }

  private boolean offer(DeliveryCommand command) {
    boolean accepted = commands.offer(command);
    if (!accepted) {
      LOG.error("{}: the command queue is full, {} is lost", agent.name(), command);
    }
    thread.wake();
    return accepted;
  }

  /** Ends all connections, telling each why; returns when they have been told, or after a while. */
  public void closeConnections(DisconnectReason reason) throws InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    if (offer(new DeliveryCommand.CloseAll(reason, done))
        && !done.await(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
      LOG.warn("{}: connections were not ended in time", agent.name());
    }
  }

  /** How many connections the agent has. */
  public int connectionCount() {
    return agent.connectionCount();
  }

  /** For the dump. */
  public String describe() {
    return agent.describe();
  }

  @Override
  public void close() {
    thread.close();
  }
}
