package dev.tailrace.dispatcher.pump;

import dev.tailrace.dispatcher.routing.SourcePartition;
import dev.tailrace.schemas.SlotMap;
import dev.tailrace.schemas.SlotMaps;
import dev.tailrace.schemas.SourceId;
import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * How far one source partition has got: what is read and not acknowledged, and from that what may
 * be committed.
 *
 * <p>Threading: dispatcher-pump-N only; acknowledgements arrive through {@link SourceEvent}.
 */
final class SourceProgress {
  private final TopicPartition topicPartition;
  private final Deque<SourceEvent> unacknowledged = new ArrayDeque<>();
  private SourceState state = SourceState.ASSIGNED;
  private @Nullable SourcePartition source;
  private @Nullable SourceId sourceId;
  private @Nullable OffsetAndMetadata found;
  private long position = -1;
  private long committed = -1;
  private long committedAtMs;
  private long logEnd = -1;
  private long routedOffset = -1;
  private int routedVersion;

  /**
   * Copies that others wrote of events at or after the commit are no older than this; null when
   * there can be none. Whoever takes over next must look back as far, so commits repeat it until
   * what was found is passed.
   */
  private @Nullable Long othersCopiesFromMs;

  SourceProgress(TopicPartition topicPartition) {
    this.topicPartition = topicPartition;
  }

  TopicPartition topicPartition() {
    return topicPartition;
  }

  SourceState state() {
    return state;
  }

  /** Its identity; known once {@link #readingBack} was called. */
  SourcePartition source() {
    SourcePartition known = source;
    if (known == null) {
      throw new IllegalStateException(topicPartition + " is not looked up yet");
    }
    return known;
  }

  /** The same without the topic's name. */
  SourceId sourceId() {
    SourceId known = sourceId;
    if (known == null) {
      throw new IllegalStateException(topicPartition + " is not looked up yet");
    }
    return known;
  }

  /** Null before it is looked up. */
  @Nullable SourceId knownId() {
    return sourceId;
  }

  void readingBack(SourcePartition identity, @Nullable OffsetAndMetadata commit, long fromMs) {
    source = identity;
    sourceId = identity.id();
    found = commit;
    committed = commit == null ? -1 : commit.offset();
    othersCopiesFromMs = fromMs;
    state = SourceState.READING_BACK;
  }

  /** The lanes hold nothing of it: copies can only come from now on. */
  void noCopiesBefore(long nowMs) {
    othersCopiesFromMs = nowMs;
  }

  /**
   * The version that routes the event at this offset. A pump that has lost the partition may hear
   * of a fence when it has passed it: what it wrote behind the fence is void, and if it went on
   * from there by the right version its copies would hide those that it owes.
   *
   * @throws PumpStoppedException when what was routed last should have been by another version
   */
  SlotMap routeBy(SlotMaps maps, long offset) {
    if (routedVersion > 0 && maps.at(sourceId(), routedOffset).version() != routedVersion) {
      throw new PumpStoppedException(
          "%s: a version of the slot map was heard of too late, after offset %d was routed"
              .formatted(topicPartition, routedOffset));
    }
    SlotMap map = maps.at(sourceId(), offset);
    routedOffset = offset;
    routedVersion = map.version();
    return map;
  }

  void tellingGap(SourceEvent gap, long firstSurviving) {
    unacknowledged.add(gap);
    position = firstSurviving;
    state = SourceState.TELLING_GAP;
  }

  /** What to commit when the start is decided and nothing has been read yet. */
  OffsetAndMetadata startCommit(long offset, long nowMs) {
    return commit(offset, othersCopiesFromMs, nowMs);
  }

  void running(long from) {
    position = from;
    state = SourceState.RUNNING;
  }

  void polled(SourceEvent event) {
    unacknowledged.add(event);
  }

  /** The consumer's position: above the last record read, and above what is no record. */
  void position(long offset) {
    position = offset;
  }

  long position() {
    return position;
  }

  /** The group took a commit of this offset, which was sent at that time. */
  void committed(long offset, long atMs) {
    committed = offset;
    committedAtMs = atMs;
  }

  /** The last offset that is known to be committed; -1 when none is. */
  long committed() {
    return committed;
  }

  /** When that commit was sent, milliseconds since the epoch; 0 when another sent it. */
  long committedAtMs() {
    return committedAtMs;
  }

  /** Where the partition ended, by the last fetch of it. */
  void logEnd(long offset) {
    logEnd = offset;
  }

  /** That; -1 while it is not known. */
  long logEnd() {
    return logEnd;
  }

  int waiting() {
    return unacknowledged.size();
  }

  /** Every event below has all its copies acknowledged. */
  long acknowledged() {
    dropAcknowledged();
    SourceEvent oldest = unacknowledged.peek();
    return oldest == null ? position : oldest.offset();
  }

  /** Whether nothing is under way: what is not acknowledged has been given up. */
  boolean isSettled() {
    return unacknowledged.stream().noneMatch(SourceEvent::isUnderWay);
  }

  /** When the oldest event that waits was polled; null when none waits. */
  @Nullable Long oldestPollMs() {
    dropAcknowledged();
    SourceEvent oldest = unacknowledged.peek();
    return oldest == null ? null : oldest.pollMs();
  }

  private void dropAcknowledged() {
    for (SourceEvent oldest = unacknowledged.peek();
        oldest != null && oldest.isAcknowledged();
        oldest = unacknowledged.peek()) {
      unacknowledged.remove();
    }
  }

  /**
   * No more copies of this event will be sent: the commit stays before it. One that was sent in
   * part still counts, so that the commit tells since when the lanes may hold some of it.
   */
  void giveUp(SourceEvent event) {
    if (event.isBegun()) {
      event.giveUp();
    } else if (unacknowledged.removeLastOccurrence(event)) {
      position = Math.min(position, event.offset());
    }
  }

  /** Others can write no more copies, and all that they wrote has been passed. */
  void othersCopiesPassed(long highestFound) {
    if (othersCopiesFromMs != null && acknowledged() > highestFound) {
      othersCopiesFromMs = null;
    }
  }

  /**
   * What to commit now; while starting, the commit that was found, unchanged, which still proves
   * the pump's membership. Null when there is none to repeat.
   */
  @Nullable OffsetAndMetadata toCommit(long nowMs) {
    if (state != SourceState.RUNNING) {
      return found;
    }
    long offset = acknowledged();
    Long oldest = oldestPollMs();
    Long others = othersCopiesFromMs;
    Long copiesFrom =
        oldest == null || others == null
            ? (oldest == null ? others : oldest)
            : Long.valueOf(Math.min(oldest, others));
    return commit(offset, copiesFrom, nowMs);
  }

  private OffsetAndMetadata commit(long offset, @Nullable Long copiesFromMs, long nowMs) {
    String metadata = new CommitMetadata(source().topicIdText(), copiesFromMs, nowMs).encode();
    return new OffsetAndMetadata(offset, metadata);
  }
}
