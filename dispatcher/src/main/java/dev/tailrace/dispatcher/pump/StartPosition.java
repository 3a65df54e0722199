package dev.tailrace.dispatcher.pump;

import org.jspecify.annotations.Nullable;

/**
 * Where a source partition starts.
 *
 * @param gap what has to be told before anything is read; null when nothing was lost
 */
record StartPosition(long offset, @Nullable Gap gap) {
  /**
   * What ingress lost.
   *
   * @param firstOffset first lost offset
   * @param lastOffset last lost offset; -1 when nobody can know
   * @param survivorMs time of the first record that survived, where there is one
   */
  record Gap(long firstOffset, long lastOffset, @Nullable Long survivorMs) {}

  /**
   * What is known of a source partition before it starts.
   *
   * @param topicId of the topic as it is now
   * @param committed the group's offset; null when it has none
   * @param metadata what was committed beside it; null when it was not a pump that did
   * @param beginning first offset that retention has left
   * @param end next offset to be written
   * @param survivorMs time of the first record that retention has left, where there is one
   * @param fromEnd with no commit and nothing in the lanes, begin at the end: this is the very
   *     first start of the whole topic, and it is configured so
   */
  record Facts(
      String topicId,
      @Nullable Long committed,
      @Nullable CommitMetadata metadata,
      long beginning,
      long end,
      @Nullable Long survivorMs,
      boolean fromEnd) {
    /** The commit belongs to a topic that was deleted since. */
    boolean isOfAnotherTopic() {
      return committed != null && metadata != null && !metadata.topicId().equals(topicId);
    }

    /** From when on the lanes must be read back; 0 means all they hold. */
    long readBackFromMs() {
      return committed == null || metadata == null ? 0 : metadata.copiesFromMs();
    }
  }

  /**
   * The rules of the start.
   *
   * @param goOnFrom where the lanes say this source got to; null when they hold nothing of it
   * @param vanished where they say this partition of a topic that is gone had got to; null when
   *     there was none
   */
  static StartPosition of(Facts facts, @Nullable Long goOnFrom, @Nullable Long vanished) {
    Long committed = facts.committed();
    if (committed == null) {
      if (goOnFrom == null && vanished != null) {
        return new StartPosition(facts.beginning(), new Gap(vanished + 1, -1, facts.survivorMs()));
      }
      return goOnFrom == null
          ? new StartPosition(facts.fromEnd() ? facts.end() : facts.beginning(), null)
          : from(goOnFrom, facts);
    }
    if (facts.isOfAnotherTopic()) {
      return new StartPosition(facts.beginning(), new Gap(committed, -1, facts.survivorMs()));
    }
    return from(committed, facts);
  }

  private static StartPosition from(long offset, Facts facts) {
    if (offset < facts.beginning()) {
      return new StartPosition(
          facts.beginning(), new Gap(offset, facts.beginning() - 1, facts.survivorMs()));
    }
    if (offset > facts.end()) {
      // New records would carry stamps that the lanes already hold: they would be lost unseen.
      throw new PumpStoppedException(
          "ingress ends at offset %d, but %d was dispatched: its leader has lost its tail"
              .formatted(facts.end(), offset));
    }
    return new StartPosition(offset, null);
  }
}
