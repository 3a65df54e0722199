package dev.tailrace.edge.connection;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What an edge tells a client beside events. Each transport has its own form of it, or none. */
public sealed interface Notice {
  /**
   * The connection is open: everything acknowledged to the lanes after this moment will come.
   *
   * @param cursor the whole starting cursor
   * @param user whose personal events come; null when anonymous
   */
  record Opened(String cursor, @Nullable String user) implements Notice {}

  /**
   * A subscription stands, from this position of its channel's partition on.
   *
   * @param ref of the command that asked for it; negative when its channel has moved to this
   *     partition since
   */
  record Subscribed(long ref, String channel, String cursor) implements Notice {}

  /** A subscription is gone. */
  record Unsubscribed(long ref, String channel) implements Notice {}

  /**
   * Events are lost.
   *
   * @param channels the followed channels it concerns; empty for personal events alone
   * @param from when the first of them may have been; null if unknown
   * @param to when the last of them may have been; null if unknown
   * @param cursor the position just after the gap
   * @param approximate whether that was found by the time that the client's cursor carried, so that
   *     some events may come again
   */
  record Gap(
      List<String> channels,
      @Nullable Instant from,
      @Nullable Instant to,
      Reason reason,
      String cursor,
      boolean approximate)
      implements Notice {
    /** One whose end is known. */
    public Gap(
        List<String> channels,
        @Nullable Instant from,
        @Nullable Instant to,
        Reason reason,
        String cursor) {
      this(channels, from, to, reason, cursor, false);
    }

    /**
     * This one and another that follows it, as one. That the positions mean nothing here says more
     * than what came of it.
     */
    public Gap with(Gap next) {
      return new Gap(
          next.channels(),
          from == null ? next.from() : from,
          next.to(),
          reason == Reason.GENERATION ? reason : next.reason(),
          next.cursor(),
          approximate || next.approximate());
    }

    /** Why they are lost. */
    public enum Reason {
      /** Kafka no longer holds them. */
      RETENTION,
      /** The cursor counts in another log than this. */
      GENERATION,
      /** The log is shorter than the cursor: a tail was lost. */
      TRUNCATED,
      /** Reading them all was more than one client may ask for. */
      BUDGET,
      /** The subscription's policy skipped them. */
      SKIPPED,
      /**
       * They were lost before an edge could read them: before a dispatcher did, or in a lane record
       * that is damaged. Nobody knows whom they were for.
       */
      UPSTREAM;

      /** As clients see it. */
      public String text() {
        return name().toLowerCase(Locale.ROOT);
      }
    }
  }

  /**
   * The client is slow: until it has caught up, these channels bring the newest event of each
   * conflation key only.
   *
   * @param channels the followed channels it concerns
   */
  record Conflated(List<String> channels) implements Notice {}

  /** All that a history request asked for was looked at. */
  record Complete() implements Notice {}

  /** A sign of life while there is no cursor to tell yet. */
  record Alive() implements Notice {}

  /** A heartbeat that moves an idle client's position. */
  record CursorHeartbeat(String cursor) implements Notice {}

  /** A published event is acknowledged by Kafka. */
  record Published(long ref, String id) implements Notice {}

  /** A command was refused; the connection goes on. */
  record CommandError(long ref, String code, String message, @Nullable String channel)
      implements Notice {}

  /** The answer to a ping command. */
  record Pong(long ref) implements Notice {}

  /** The token is about to expire. */
  record TokenExpiring(Instant at) implements Notice {}
}
