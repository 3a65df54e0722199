package dev.tailrace.edge.delivery;

import dev.tailrace.edge.connection.DeliveryListener;
import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.connection.SlowPolicy;
import dev.tailrace.edge.encoding.EventEncoder;
import dev.tailrace.edge.log.PartitionLog;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Deals with slow subscribers: live readers whose position the partition log's window has left.
 *
 * <pre>
 *   live --(the window passes its position)--> lagging --(policy)--> caught up, skipped, or ended
 * </pre>
 *
 * <p>A long poll is never slow, nor is a reader that has not come to the window yet: they read from
 * where their cursor says.
 *
 * <p>Threading: the delivery agent.
 */
final class SlowReaders {
  private final PartitionFollows follows;
  private final ReaderPositions positions;
  private final EventEncoder encoder;
  private final DeliveryListener listener;

  SlowReaders(
      PartitionFollows follows,
      ReaderPositions positions,
      EventEncoder encoder,
      DeliveryListener listener) {
    this.follows = follows;
    this.positions = positions;
    this.encoder = encoder;
    this.listener = listener;
  }

  /**
   * Applies its policy to a live reader that found itself below the window.
   *
   * @return what its client is to be told at once; null when nothing
   */
  @Nullable Notice overtake(LaneReader reader, PartitionLog log, long nowMs) {
    ReaderTerms terms = reader.terms();
    // One to be ended is, when its write ends or with a heartbeat. Here it was kept waiting by us.
    SlowPolicy policy =
        terms == null || terms.policy() == SlowPolicy.DISCONNECT
            ? SlowPolicy.REPLAY
            : terms.policy();
    listener.onSlow(policy);
    if (policy == SlowPolicy.SKIP) {
      reader.setPosition(log.endOffset());
      reader.clearPending();
      return new Notice.Gap(
          reader.channels(),
          null,
          Instant.ofEpochMilli(nowMs),
          Notice.Gap.Reason.SKIPPED,
          encoder.cursorAt(reader.partition(), reader.position()));
    }
    positions.startCatchUp(reader, log);
    if (terms == null || policy != SlowPolicy.CONFLATE || terms.isConflating()) {
      return null;
    }
    terms.fallBehind();
    return new Notice.Conflated(reader.channels());
  }

  /** Whether a reader's policy is that its connection ends now. */
  boolean mustEnd(Connection connection) {
    List<LaneReader> readers = connection.readers();
    for (int i = 0; i < readers.size(); i++) {
      ReaderTerms terms = readers.get(i).terms();
      if (terms != null && terms.policy() == SlowPolicy.DISCONNECT && isOvertaken(readers.get(i))) {
        listener.onSlow(SlowPolicy.DISCONNECT);
        return true;
      }
    }
    return false;
  }

  private boolean isOvertaken(LaneReader reader) {
    PartitionLog log = follows.log(reader.partition());
    return log != null
        && reader.state() == LaneReader.State.LIVE
        && reader.isPending()
        && reader.position() < log.startOffset();
  }
}
