package dev.tailrace.cli.console;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * The last snapshot of a fleet, and whether it is still true.
 *
 * <p>Threading: immutable.
 *
 * @param snapshot null before the first
 * @param takenNanos when it came
 * @param edge the process that told it
 * @param trouble why no more come; empty while the connection stands
 * @param number counts what has changed
 */
public record FeedState(
    @Nullable JsonNode snapshot, long takenNanos, String edge, String trouble, long number) {
  /** A snapshot comes each second. */
  private static final Duration LONGEST_LIVE = Duration.ofMillis(3_500);

  static final FeedState NOTHING = new FeedState(null, 0, "", "", 0);

  FeedState welcomed(String process) {
    return new FeedState(snapshot, takenNanos, process, trouble, number);
  }

  FeedState with(JsonNode next, long nowNanos) {
    return new FeedState(next, nowNanos, edge, "", number + 1);
  }

  FeedState lost(String why) {
    return new FeedState(snapshot, takenNanos, edge, why, number + 1);
  }

  /** How old what the snapshot tells is. */
  public Duration age(long nowNanos) {
    return Duration.ofNanos(nowNanos - takenNanos).plus(silence());
  }

  /** For how long the edge had not heard from Kafka when it told: all it knew was as old. */
  Duration silence() {
    JsonNode kafka = snapshot == null ? MissingNode.getInstance() : snapshot.path("kafka");
    return kafka.path("reachable").asBoolean(true)
        ? Duration.ZERO
        : Duration.ofMillis(kafka.path("silent_ms").asLong(0));
  }

  /** Why what is shown is not what is; empty when it is. */
  public String notLive(long nowNanos) {
    if (!trouble.isEmpty()) {
      return trouble;
    }
    if (snapshot == null) {
      return "connecting";
    }
    JsonNode kafka = snapshot.path("kafka");
    if (!kafka.path("reachable").asBoolean(false)) {
      return "the edge has not heard from Kafka for "
          + Amounts.time(Duration.ofMillis(kafka.path("silent_ms").asLong(0)));
    }
    return age(nowNanos).compareTo(LONGEST_LIVE) > 0 ? "the edge says nothing" : "";
  }
}
