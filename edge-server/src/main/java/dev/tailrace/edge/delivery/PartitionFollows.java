package dev.tailrace.edge.delivery;

import dev.tailrace.edge.log.LogEntry;
import dev.tailrace.edge.log.PartitionLog;
import dev.tailrace.edge.tail.FollowRequest;
import dev.tailrace.edge.tail.TailCommands;
import dev.tailrace.edge.tracing.DeliveryTraces;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.support.fleet.Hits;
import dev.tailrace.support.fleet.HotAddresses;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The partitions one delivery agent follows: asks the tail for them while somebody here reads them,
 * and matches what is new in their logs against the readers.
 *
 * <p>A partition nobody reads any more stays followed for a while: the next long poll, or the
 * client that was cut off, then finds its log still there.
 *
 * <p>Threading: the delivery agent.
 */
final class PartitionFollows {
  private final TailCommands tail;
  private final Runnable wake;
  private final long lingerMs;
  private final DeliveryTraces traces;
  private final Map<LanePartition, FollowedPartition> followed = new HashMap<>();
  private final SweptAddresses swept = new SweptAddresses();
  private final HotAddresses hot = new HotAddresses();
  private int unanswered;

  /**
   * Follows nothing yet.
   *
   * @param wake wakes the delivery agent; called on the tail's thread
   */
  PartitionFollows(TailCommands tail, Runnable wake, long lingerMs, DeliveryTraces traces) {
    this.tail = tail;
    this.wake = wake;
    this.lingerMs = lingerMs;
    this.traces = traces;
  }

  /** Enters a reader; the partition is asked for if it is not followed. */
  FollowedPartition add(LaneReader reader) {
    FollowedPartition partition =
        followed.computeIfAbsent(
            reader.partition(),
            p -> {
              unanswered++;
              return new FollowedPartition(p);
            });
    partition.setIdleSinceMs(Long.MAX_VALUE);
    partition.index().add(reader, reader.addresses());
    reader.setFollowed(true);
    return partition;
  }

  /** Takes a reader out, and what is read or asked for it. */
  void remove(LaneReader reader, long nowMs) {
    reader.cancel();
    FollowedPartition partition = followed.get(reader.partition());
    if (partition != null && reader.isFollowed()) {
      reader.setFollowed(false);
      partition.index().remove(reader, reader.addresses());
      if (partition.index().isEmpty()) {
        partition.setIdleSinceMs(nowMs);
      }
    }
  }

  /** A reader that stays goes on without some of its addresses. */
  void removeAddresses(LaneReader reader, Set<String> left) {
    FollowedPartition partition = followed.get(reader.partition());
    if (partition == null || !reader.isFollowed()) {
      reader.leave(left);
    } else {
      partition.index().remove(reader, reader.addresses());
      reader.leave(left);
      partition.index().add(reader, reader.addresses());
    }
  }

  /** The partition's log, or null while it is not there. */
  @Nullable PartitionLog log(LanePartition partition) {
    FollowedPartition known = followed.get(partition);
    return known == null ? null : known.log();
  }

  /** The position a live reader with nothing waiting is at. */
  long sweptEnd(LanePartition partition) {
    FollowedPartition known = followed.get(partition);
    return known == null ? 0 : known.sweptEnd();
  }

  /** Up to when such a reader has had everything, milliseconds since the epoch; 0: not known. */
  long wholeAtMs(LanePartition partition) {
    FollowedPartition known = followed.get(partition);
    PartitionLog log = known == null ? null : known.log();
    return known == null || log == null ? 0 : log.wholeAtMs(known.sweptEnd());
  }

  /**
   * Asks the tail for what is wanted, and takes its answers.
   *
   * @param onOpened hears of each partition whose log has come
   * @param onLost hears of each partition whose log was given up, before it is asked for anew
   */
  int negotiate(
      Consumer<FollowedPartition> onOpened, BiConsumer<FollowedPartition, PartitionLog> onLost) {
    int work = 0;
    for (FollowedPartition partition : followed.values()) {
      PartitionLog log = partition.log();
      if (log != null && log.isClosed()) {
        onLost.accept(partition, log);
        partition.close();
        unanswered++;
      }
    }
    if (unanswered == 0) {
      return 0;
    }
    for (FollowedPartition partition : List.copyOf(followed.values())) {
      if (partition.log() == null) {
        work += ask(partition, onOpened);
      }
    }
    return work;
  }

  private int ask(FollowedPartition partition, Consumer<FollowedPartition> onOpened) {
    FollowRequest request = partition.request();
    if (request == null) {
      FollowRequest asked = new FollowRequest(partition.partition(), wake);
      if (tail.offerFollow(asked)) {
        partition.setRequest(asked);
      }
      return 0;
    }
    PartitionLog answer = request.log();
    if (answer == null) {
      return 0;
    }
    unanswered--;
    partition.open(answer);
    onOpened.accept(partition);
    return 1;
  }

  /**
   * Matches all that is new in the logs; each reader that has something waiting is told once. What
   * was matched the last time may leave the logs from now on: those it was for have had a turn.
   */
  int sweep(Consumer<LaneReader> onPending) {
    int entries = 0;
    for (FollowedPartition partition : followed.values()) {
      partition.releaseSwept();
      PartitionLog log = partition.log();
      if (log != null && log.endOffset() > partition.sweptEnd()) {
        entries += sweep(partition, log, onPending);
      }
    }
    return entries;
  }

  private int sweep(FollowedPartition partition, PartitionLog log, Consumer<LaneReader> onPending) {
    int[] entries = {0};
    long next =
        log.read(
            partition.sweptEnd(),
            entry -> {
              entries[0]++;
              match(partition, entry, onPending);
              return true;
            });
    if (next == PartitionLog.BELOW_START) {
      throw new IllegalStateException(partition.partition() + ": the log dropped what was unswept");
    }
    markSwept(partition, onPending);
    partition.setSweptEnd(next);
    return entries[0];
  }

  private void match(FollowedPartition partition, LogEntry entry, Consumer<LaneReader> onPending) {
    String channel = entry.channel();
    if (entry.isUpstreamGap()) {
      markSwept(partition, onPending); // readers are marked in the order of the log
      for (LaneReader reader : partition.index().all()) {
        entry.markWanted();
        mark(reader, entry.offset(), entry.nextOffset(), null, onPending);
      }
    } else if (channel != null) {
      match(partition, channel, entry);
    } else {
      for (String user : entry.users()) {
        match(partition, user, entry);
      }
    }
  }

  private void match(FollowedPartition partition, String address, LogEntry entry) {
    if (partition.index().isFollowed(address)) {
      entry.markWanted();
      swept.add(address, entry);
      if (entry.trace() != null) {
        traces.swept(entry, partition.index().count(address));
      }
    }
  }

  private void markSwept(FollowedPartition partition, Consumer<LaneReader> onPending) {
    swept.drain(
        (address, first, end, count, offsets) -> {
          hot.add(
              partition.partition().lane(),
              address,
              (long) count * partition.index().count(address));
          partition
              .index()
              .forEach(address, reader -> mark(reader, first, end, offsets, onPending));
        });
  }

  /** All before the first has been examined for a reader that had nothing waiting. */
  private static void mark(
      LaneReader reader,
      long first,
      long end,
      long @Nullable [] offsets,
      Consumer<LaneReader> onPending) {
    if (reader.state() == LaneReader.State.LIVE && end > reader.position() && !reader.isDone()) {
      if (reader.isPending()) {
        reader.setPendingUntil(end);
      } else {
        reader.setPending(end, offsets);
        reader.setPosition(Math.max(first, reader.position()));
        onPending.accept(reader);
      }
    }
  }

  /** By lane, the addresses that brought events to readers lately. */
  Map<Lane, Hits> hot(long nowMs) {
    hot.turn(nowMs);
    return hot.latest();
  }

  /** Gives partitions up that nobody has read for a while. */
  void expireIdle(long nowMs) {
    Iterator<FollowedPartition> all = followed.values().iterator();
    while (all.hasNext()) {
      FollowedPartition partition = all.next();
      boolean idle = partition.index().isEmpty() && nowMs - partition.idleSinceMs() >= lingerMs;
      PartitionLog log = partition.log();
      if (idle && log != null && tail.offerUnfollow(log)) {
        partition.close();
        all.remove();
      }
    }
  }

  /** Gives everything up. */
  void close() {
    followed.values().forEach(FollowedPartition::close);
    followed.clear();
  }

  /** Lines for the dump. */
  void describe(StringBuilder text) {
    followed.forEach(
        (partition, known) ->
            text.append("  ")
                .append(partition)
                .append(known.log() == null ? " asked for" : " swept to " + known.sweptEnd())
                .append(", readers ")
                .append(known.index().size())
                .append('\n'));
  }
}
