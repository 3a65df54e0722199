package dev.tailrace.edge.tail;

import dev.tailrace.edge.agent.ManualClock;
import dev.tailrace.edge.lane.MemoryLanes;
import dev.tailrace.edge.log.PartitionLog;
import dev.tailrace.edge.tail.PartitionTailProxy.Command;
import dev.tailrace.schemas.LanePartition;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;

/** A real tail agent without a thread: it does a turn when it is told to. */
public final class HandTail implements TailCommands {
  private final Queue<Command> commands = new ArrayDeque<>();
  private final MemoryLanes.LaneConsumer consumer;
  private final LostTails lostTails;
  private final PartitionTailAgent agent;
  private final Map<LanePartition, FollowRequest> followRequests = new HashMap<>();
  private boolean refusing;
  private final Heard listener = new Heard();
  private int advances;

  /** What the tail told for the metrics. */
  private static final class Heard implements TailListener {
    int kept;
    int repeated;
    int wanted;
    int followed;
    int unreadable;

    @Override
    public void onUnreadable(int records) {
      unreadable += records;
    }

    @Override
    public void onRead(int records, int keptNow, int repeatedNow, long bytes) {
      kept += keptNow;
      repeated += repeatedNow;
    }

    @Override
    public void onWanted(int deliveries) {
      wanted += deliveries;
    }

    @Override
    public void onFollowed() {
      followed++;
    }

    @Override
    public void onUnfollowed() {
      followed--;
    }
  }

  /** Follows these lanes in logs of so many bytes. */
  public HandTail(MemoryLanes lanes, ManualClock clock, long logBytes) {
    this(lanes, clock, config(logBytes, Long.MAX_VALUE, Duration.ZERO));
  }

  static TailConfig config(long logBytes, long totalLogBytes, Duration pollInterval) {
    return new TailConfig(logBytes, totalLogBytes, pollInterval, Duration.ZERO, true);
  }

  HandTail(MemoryLanes lanes, ManualClock clock, TailConfig config) {
    consumer = lanes.consumer();
    lostTails = new LostTails(clock);
    agent =
        new PartitionTailAgent(
            0,
            consumer,
            consumer.offsets(),
            lanes.slots(),
            commands,
            config,
            clock,
            lostTails,
            listener,
            () -> advances++,
            () -> {});
  }

  /** One duty cycle. */
  public int turn() {
    return agent.doWork();
  }

  /** What it reads with. */
  public MemoryLanes.LaneConsumer consumer() {
    return consumer;
  }

  /** Its queue is full, or is not any more. */
  public void setRefusing(boolean full) {
    refusing = full;
  }

  /** The log that it answered with when it was last asked to follow a partition. */
  public PartitionLog log(LanePartition partition) {
    return Objects.requireNonNull(
        Objects.requireNonNull(followRequests.get(partition), "not asked").log(), "not answered");
  }

  /** Whether the log that a partition is followed in has come so far. */
  public boolean hasRead(LanePartition partition, long end) {
    FollowRequest request = followRequests.get(partition);
    PartitionLog log = request == null ? null : request.log();
    return log != null && !log.isClosed() && log.endOffset() >= end;
  }

  /** How often it told that logs have moved. */
  public int advances() {
    return advances;
  }

  /** How many deliveries it kept. */
  public int kept() {
    return listener.kept;
  }

  /** How many repetitions it told of. */
  public int repeated() {
    return listener.repeated;
  }

  /** How many deliveries it told of that somebody follows. */
  public int wanted() {
    return listener.wanted;
  }

  /** How many records it told of that could not be read. */
  public int unreadable() {
    return listener.unreadable;
  }

  /** How many partitions it follows, by its own word. */
  public int followed() {
    return listener.followed;
  }

  /** Ends it. */
  public void close() {
    agent.onClose();
  }

  @Override
  public boolean offerFollow(FollowRequest request) {
    followRequests.put(request.partition(), request);
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
    return !refusing && commands.add(command);
  }
}
