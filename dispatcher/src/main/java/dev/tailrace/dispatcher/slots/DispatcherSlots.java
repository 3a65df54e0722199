package dev.tailrace.dispatcher.slots;

import dev.tailrace.dispatcher.admin.TopicProvisioner;
import dev.tailrace.dispatcher.pump.PumpStatus;
import dev.tailrace.dispatcher.pump.SlotVersions;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.SlotMap;
import dev.tailrace.schemas.SlotMaps;
import dev.tailrace.support.kafka.KafkaSettings;
import dev.tailrace.support.slots.SlotsFollower;
import dev.tailrace.v1.SlotMove;
import java.time.Clock;
import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;

/**
 * A dispatcher's part in moves of slots: what it knows of them, and its keeper.
 *
 * <p>Threading: started and closed by one thread; read from any.
 */
public final class DispatcherSlots implements SlotVersions, AutoCloseable {
  private final KafkaSettings kafka;
  private final Thread.UncaughtExceptionHandler onFatal;
  private final MoveLog log = new MoveLog();
  private final SlotsFollower follower;
  private @Nullable SlotKeeper keeper;

  private DispatcherSlots(
      KafkaSettings kafka, SlotMap initial, Thread.UncaughtExceptionHandler onFatal) {
    this.kafka = kafka;
    this.onFatal = onFatal;
    this.follower =
        SlotsFollower.start(kafka, "dispatcher-slots", initial, log::onRecord, () -> {}, onFatal);
  }

  /**
   * Begins to read {@code tailrace.slots}.
   *
   * @param onFatal hears of an error that one of its threads ends of
   */
  public static DispatcherSlots follow(
      KafkaSettings kafka, SlotMap initial, Thread.UncaughtExceptionHandler onFatal) {
    return new DispatcherSlots(kafka, initial, onFatal);
  }

  /** Begins to say what these pumps reach, and to lead when it is their turn. */
  public void keep(
      Admin admin,
      TopicProvisioner topics,
      List<String> ingressTopics,
      Supplier<List<PumpStatus>> pumps,
      Clock clock) {
    keeper =
        SlotKeeper.start(
            kafka,
            ingressTopics.getFirst(),
            follower,
            log,
            new KafkaMoveCluster(admin, topics, ingressTopics, clock),
            pumps,
            clock,
            onFatal);
  }

  @Override
  public SlotMaps get() {
    return follower.get();
  }

  @Override
  public boolean hasRead(long end) {
    return follower.hasRead(end);
  }

  /** The newest version, and what a move waits for, in one line. */
  public String describe() {
    SlotMaps maps = get();
    SlotMap newest = maps.newest();
    String map =
        "slot map %d: %d user partitions, %d channel partitions"
            .formatted(
                newest.version(),
                newest.present(Lane.USERS).size(),
                newest.present(Lane.CHANNELS).size());
    SlotMove move = maps.pending();
    if (move == null) {
      return map;
    }
    int version = move.getVersion();
    return map
        + (maps.isFencePending()
            ? ", waits for its fence: %d source partitions held".formatted(log.held(version).size())
            : ", settles: %d source partitions have passed the fence"
                .formatted(log.passed(version).size()));
  }

  @Override
  public void close() {
    if (keeper != null) {
      keeper.close();
    }
    follower.close();
  }
}
