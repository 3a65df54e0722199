package dev.tailrace.edge.delivery;

import dev.tailrace.edge.agent.Agent;
import dev.tailrace.edge.agent.AgentThread;
import dev.tailrace.edge.agent.EdgeClock;
import dev.tailrace.edge.catchup.CatchUpAllowance;
import dev.tailrace.edge.catchup.CatchUpRequests;
import dev.tailrace.edge.connection.ConnectionAcceptor;
import dev.tailrace.edge.connection.ConnectionRequest;
import dev.tailrace.edge.connection.DeliveryListener;
import dev.tailrace.edge.connection.DisconnectReason;
import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.connection.Subscriber;
import dev.tailrace.edge.connection.Transport;
import dev.tailrace.edge.cursor.ClusterTag;
import dev.tailrace.edge.cursor.StartPosition;
import dev.tailrace.edge.encoding.EventEncoder;
import dev.tailrace.edge.tail.LaneOffsets;
import dev.tailrace.edge.tail.TailCommands;
import dev.tailrace.edge.tracing.DeliveryTraces;
import dev.tailrace.schemas.SlotMaps;
import dev.tailrace.v1.Inquiry;
import java.time.Duration;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;

/**
 * How others reach a {@link DeliveryAgent}. The queue takes everything, for none of it can be done
 * without; it is as long as what is outstanding: a registration, a write, an end and a window of
 * commands for each connection admitted, and one chunk or leader's answer for each reader.
 *
 * <p>Threading: any thread.
 */
public final class DeliveryProxy implements ConnectionAcceptor, Respondent, AutoCloseable {
  private static final Duration MAX_IDLE = Duration.ofMillis(15);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
  private static final int QUEUE_CHUNK = 1024;

  private final MpscUnboundedAtomicArrayQueue<DeliveryCommand> commands =
      new MpscUnboundedAtomicArrayQueue<>(QUEUE_CHUNK);
  private final DeliveryAgent agent;
  private final AgentThread thread;

  /**
   * Builds an agent that reads from this tail and this catch-up reader.
   *
   * @param tag of the cursors that count here
   * @param slots the versions of the slot map that are known now; who changes them wakes the agent
   * @param traces of this agent alone
   */
  public DeliveryProxy(
      int index,
      ClusterTag tag,
      Supplier<SlotMaps> slots,
      DeliveryConfig config,
      TailCommands tail,
      LaneOffsets offsets,
      CatchUpRequests catchUp,
      CatchUpAllowance allowance,
      EventEncoder encoder,
      DeliveryListener listener,
      DeliveryTraces traces,
      EdgeClock clock,
      RandomGenerator random) {
    PartitionFollows follows =
        new PartitionFollows(tail, this::wake, config.linger().toMillis(), traces);
    ReaderPositions positions =
        new ReaderPositions(
            slots, tag.text(), encoder, tail, offsets, catchUp, allowance, this::offer);
    SlowReaders slow = new SlowReaders(follows, positions, encoder, listener);
    ConnectionTimers timers =
        new ConnectionTimers(
            clock, random, config.heartbeat().toMillis(), config.lifetime().toMillis());
    TurnWriter turns =
        new TurnWriter(tag.text(), follows, positions, slow, timers, listener, traces, clock);
    ReaderSetup setup =
        new ReaderSetup(
            slots,
            new StartPlaces(slots, tag.text()),
            new SlotMoves(slots, positions, follows, turns, config.slow(), clock),
            positions,
            follows,
            config.slow(),
            clock,
            random);
    this.agent =
        new DeliveryAgent(
            index,
            commands,
            config,
            clock,
            listener,
            follows,
            setup,
            positions,
            slow,
            turns,
            traces,
            timers,
            (connection, failure) -> offer(new DeliveryCommand.Written(connection, failure)),
            random);
    this.thread = new AgentThread(agent, MAX_IDLE, CLOSE_TIMEOUT);
  }

  /** The agent, to be turned by hand instead. */
  public Agent agent() {
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
  public void offerRegister(ConnectionRequest request) {
    offer(new DeliveryCommand.Register(request));
  }

  @Override
  public void offerClosed(Transport transport) {
    offer(new DeliveryCommand.Closed(transport));
  }

  @Override
  public void offerSubscribe(
      Transport transport, long ref, String channel, StartPosition start, long intervalMs) {
    offer(new DeliveryCommand.Subscribe(transport, ref, channel, start, intervalMs));
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

  private void offer(DeliveryCommand command) {
    commands.add(command);
    thread.wake();
  }

  /** Ends all connections one after the other, evenly over this time, and takes no streams. */
  public void drain(Duration window) {
    offer(new DeliveryCommand.Drain(window.toMillis()));
  }

  /**
   * Takes what is revoked from those who have it, and ends connections once. What is revoked is to
   * be seen by then: whoever registers from now on is judged by it.
   *
   * @param disconnected the users whose connections are ended
   * @param everybody whether all are
   */
  public void sweep(Set<String> disconnected, boolean everybody) {
    offer(new DeliveryCommand.Sweep(disconnected, everybody));
  }

  @Override
  public void offerInquiry(Inquiry inquiry, Consumer<InquiryFindings> sink) {
    offer(new DeliveryCommand.Inquire(inquiry, sink));
  }

  /** Ends all connections, and those that still register, telling each why. */
  public void closeConnections(DisconnectReason reason) {
    offer(new DeliveryCommand.CloseAll(reason));
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
