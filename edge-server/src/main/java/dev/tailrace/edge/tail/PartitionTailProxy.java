package dev.tailrace.edge.tail;

import dev.tailrace.edge.agent.Agent;
import dev.tailrace.edge.agent.AgentThread;
import dev.tailrace.edge.agent.EdgeClock;
import dev.tailrace.edge.log.PartitionLog;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.support.slots.KnownSlots;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.jctools.queues.atomic.MpscAtomicArrayQueue;

/**
 * How others reach a {@link PartitionTailAgent}: commands in a bounded queue that may refuse.
 *
 * <p>Threading: any thread. Requests that come in one turn of the tail are answered together.
 */
public final class PartitionTailProxy implements TailCommands, AutoCloseable {
  private static final int MAX_COMMANDS = 8192;
  private static final Duration MAX_IDLE = Duration.ofMillis(500);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  sealed interface Command {
    record Follow(FollowRequest request) implements Command {}

    record Unfollow(PartitionLog log) implements Command {}

    record Cancel(FollowRequest request) implements Command {}

    record EndOffset(EndOffsetRequest request) implements Command {}
  }

  private final MpscAtomicArrayQueue<Command> commands = new MpscAtomicArrayQueue<>(MAX_COMMANDS);
  private final LostTails lostTails;
  private final PartitionTailAgent agent;
  private final AgentThread thread;

  /**
   * A tail that nobody turns yet.
   *
   * @param consumer its own from now on, see {@link LaneConsumers#forTail}
   * @param slots the versions of the slot map that are known now
   * @param onAdvance called on the tail's thread after logs have moved; must not block
   */
  public PartitionTailProxy(
      int index,
      Consumer<byte[], byte[]> consumer,
      LaneOffsets offsets,
      KnownSlots slots,
      TailConfig config,
      EdgeClock clock,
      TailListener listener,
      Runnable onAdvance) {
    this.lostTails = new LostTails(clock);
    this.agent =
        new PartitionTailAgent(
            index,
            consumer,
            offsets,
            slots,
            commands,
            config,
            clock,
            lostTails,
            listener,
            onAdvance,
            this::wake);
    this.thread = new AgentThread(agent, MAX_IDLE, CLOSE_TIMEOUT);
  }

  /** Starts its thread. */
  public PartitionTailProxy start() {
    thread.start();
    return this;
  }

  /** The agent, to be turned by hand instead. */
  public Agent agent() {
    return agent;
  }

  @Override
  public boolean offerFollow(FollowRequest request) {
    return offer(new Command.Follow(request));
  }

  @Override
  public boolean offerUnfollow(PartitionLog log) {
    return offer(new Command.Unfollow(log));
  }

  @Override
  public boolean offerCancel(FollowRequest request) {
    return offer(new Command.Cancel(request));
  }

  @Override
  public LostTails lostTails() {
    return lostTails;
  }

  @Override
  public boolean offerEndOffset(EndOffsetRequest request) {
    return offer(new Command.EndOffset(request));
  }

  private boolean offer(Command command) {
    if (!commands.offer(command)) {
      return false;
    }
    wake();
    return true;
  }

  private void wake() {
    agent.wakeup();
    thread.wake();
  }

  /** What it follows, for the dump: any thread, as of its last turn. */
  public String describe() {
    return agent.describe();
  }

  /** The partitions that it follows: any thread, as of its last turn. */
  public Set<LanePartition> partitions() {
    return agent.published().stream()
        .map(PartitionLog::partition)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Their logs, of which any thread may ask the ends and the bytes. */
  public List<PartitionLog> logs() {
    return agent.published();
  }

  @Override
  public void close() {
    agent.wakeup();
    thread.close();
  }
}
