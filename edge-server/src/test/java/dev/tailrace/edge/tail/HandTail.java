package dev.tailrace.edge.tail;

import dev.tailrace.edge.agent.ManualClock;
import dev.tailrace.edge.lane.MemoryLanes;
import dev.tailrace.edge.tail.PartitionTailProxy.Command;
import dev.tailrace.schemas.LanePartition;
import java.util.ArrayDeque;
import java.util.Queue;

/** A real tail agent without a thread: it does a turn when it is told to. */
public final class HandTail implements TailCommands {
  private final Queue<Command> commands = new ArrayDeque<>();
  private final MemoryLanes.LaneConsumer consumer;
  private final PartitionTailAgent agent;
  private boolean refusing;
  private int advances;
  private int kept;

  /** Follows these lanes in logs of so many bytes. */
  public HandTail(MemoryLanes lanes, ManualClock clock, long logBytes) {
    consumer = lanes.consumer();
    agent =
        new PartitionTailAgent(
            0,
            consumer,
            consumer.offsets(),
            commands,
            logBytes,
            clock,
            (records, keptNow, bytes) -> kept += keptNow,
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

  /** How often it told that logs have moved. */
  public int advances() {
    return advances;
  }

  /** How many deliveries it kept. */
  public int kept() {
    return kept;
  }

  /** Ends it. */
  public void close() {
    agent.onClose();
  }

  @Override
  public boolean offerFollow(FollowRequest request) {
    return offer(new Command.Follow(request));
  }

  @Override
  public boolean offerUnfollow(LanePartition partition) {
    return offer(new Command.Unfollow(partition));
  }

  @Override
  public boolean offerEndOffset(EndOffsetRequest request) {
    return offer(new Command.EndOffset(request));
  }

  private boolean offer(Command command) {
    return !refusing && commands.add(command);
  }
}
