package dev.tailrace.dispatcher.pump;

import org.jspecify.annotations.Nullable;

/**
 * What a pump writes beside a committed offset, so that whoever starts there knows from when on the
 * lanes may hold copies of what comes after: {@code 1,<topic id>,<poll ms or ->,<commit ms>}.
 *
 * @param topicId the ingress topic's id as Kafka prints it
 * @param oldestPollMs when the oldest event after this offset was polled, if one had been
 * @param commitMs when this was committed
 */
record CommitMetadata(String topicId, @Nullable Long oldestPollMs, long commitMs) {
  private static final String VERSION = "1";

  String encode() {
    return String.join(
        ",",
        VERSION,
        topicId,
        oldestPollMs == null ? "-" : Long.toString(oldestPollMs),
        Long.toString(commitMs));
  }

  /** Null for what no pump of ours wrote, such as an offset set by hand. */
  static @Nullable CommitMetadata decode(@Nullable String text) {
    String[] parts = text == null ? new String[0] : text.split(",", -1);
    if (parts.length != 4 || !parts[0].equals(VERSION)) {
      return null;
    }
    try {
      return new CommitMetadata(
          parts[1], parts[2].equals("-") ? null : Long.valueOf(parts[2]), Long.parseLong(parts[3]));
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /** No copy of an event at or after this offset can have an earlier time. */
  long copiesFromMs() {
    return oldestPollMs == null ? commitMs : oldestPollMs;
  }
}
