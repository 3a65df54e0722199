package dev.tailrace.edge.transport;

import dev.tailrace.edge.auth.Identity;
import dev.tailrace.edge.auth.RequestAuthenticator;
import dev.tailrace.edge.auth.TokenVerifier;
import dev.tailrace.edge.auth.Verification;
import dev.tailrace.edge.connection.Subscriber;
import dev.tailrace.edge.cursor.Cursor;
import dev.tailrace.edge.cursor.CursorCodec;
import dev.tailrace.edge.cursor.InvalidCursorException;
import dev.tailrace.edge.http.ProblemResponse;
import dev.tailrace.schemas.Channels;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.schemas.SlotMap;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Fields;
import org.jspecify.annotations.Nullable;

/**
 * Reads from a request who subscribes to what, from where on: the same rules for every transport.
 *
 * <p>Threading: immutable; Jetty's threads.
 */
public final class SubscribeRules {
  /** The user's own, and that of the broadcast channel. */
  private static final int PARTITIONS_UNASKED = 2;

  private static final double LEAST_RATE = 0.1;
  private static final double MOST_RATE = 50;
  private static final String LAST_EVENT_ID = "Last-Event-ID";

  /** A request that was understood. */
  public record Accepted(
      Identity identity,
      Subscriber subscriber,
      Set<String> channels,
      @Nullable Cursor cursor,
      long intervalMs,
      Fields query) {}

  /** What a request asks for, apart from who asks: well-formed, and not yet granted. */
  public record Asked(
      Fields query, Set<String> channels, @Nullable Cursor cursor, long intervalMs) {}

  /** A request that cannot be served; carries the answer. */
  public static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient ProblemResponse problem;

    /** With the answer. */
    public RefusedException(ProblemResponse problem) {
      super(problem.detail(), null, false, false);
      this.problem = problem;
    }

    /** The answer. */
    public ProblemResponse problem() {
      return problem;
    }
  }

  private final RequestAuthenticator authenticator;
  private final SlotMap slotMap;
  private final int maxSubscriptions;

  /** With the bound of channels for one connection. */
  public SubscribeRules(RequestAuthenticator authenticator, SlotMap slotMap, int maxSubscriptions) {
    this.authenticator = authenticator;
    this.slotMap = slotMap;
    this.maxSubscriptions = maxSubscriptions;
  }

  /**
   * Reads a request.
   *
   * @throws RefusedException when it is malformed, not authenticated or not granted
   */
  public Accepted read(Request request) throws RefusedException {
    Asked asked = asked(request);
    return switch (authenticator.authenticate(request)) {
      case Verification.Verified verified -> {
        for (String channel : asked.channels()) {
          requireGrant(channel, verified.identity());
        }
        yield accept(verified.identity(), asked);
      }
      case Verification.Refused refused -> throw new RefusedException(ProblemResponse.of(refused));
    };
  }

  /**
   * Reads what is asked for. {@code Last-Event-ID} wins over the query: it is the newer of the two.
   *
   * @throws RefusedException when any of it is malformed
   */
  public Asked asked(Request request) throws RefusedException {
    Fields query = query(request);
    Set<String> channels = new LinkedHashSet<>(query.getValuesOrEmpty("channel"));
    for (String channel : channels) {
      requireName(channel);
    }
    if (channels.size() > maxSubscriptions) {
      throw bad(
          "too_many_subscriptions",
          "%,d channels, the limit is %,d".formatted(channels.size(), maxSubscriptions));
    }
    requireRoomInCursor(channels);
    if (query.get("since") != null || query.get("last") != null) {
      throw bad("unsupported_position", "start from a cursor: since and last are not offered here");
    }
    String cursor = request.getHeaders().get(LAST_EVENT_ID);
    if (cursor == null || cursor.isEmpty()) {
      List<String> given = query.getValuesOrEmpty("cursor");
      cursor = given.isEmpty() ? "" : given.getLast();
    }
    return new Asked(query, channels, cursor.isEmpty() ? null : decode(cursor), intervalMs(query));
  }

  /** What this identity is granted of what is asked for: the channels may be fewer. */
  public static Accepted accept(Identity identity, Asked asked) {
    Set<String> granted = new LinkedHashSet<>(asked.channels());
    granted.removeIf(channel -> !identity.subscribe().allows(channel));
    return new Accepted(
        identity, subscriber(identity), granted, asked.cursor(), asked.intervalMs(), asked.query());
  }

  private static Fields query(Request request) throws RefusedException {
    try {
      return Request.extractQueryParameters(request);
    } catch (RuntimeException e) {
      throw bad("bad_query", "the query is not well-formed: percent-encoded UTF-8 is expected");
    }
  }

  /** The subscriber an identity makes. */
  public static Subscriber subscriber(Identity identity) {
    Instant expires = identity.expires();
    Predicate<String> maySubscribe = channel -> identity.subscribe().allows(channel);
    if (expires == null) {
      return new Subscriber(identity.user(), maySubscribe);
    }
    return new Subscriber(
        identity.user(),
        maySubscribe,
        expires.toEpochMilli(),
        expires.plus(TokenVerifier.LEEWAY).toEpochMilli());
  }

  /**
   * Checks a channel's name and the grant for it.
   *
   * @throws RefusedException when either is missing
   */
  public static void check(String channel, Identity identity) throws RefusedException {
    requireName(channel);
    requireGrant(channel, identity);
  }

  private static void requireName(String channel) throws RefusedException {
    if (!Channels.isChannel(channel)) {
      throw bad("bad_channel", "a channel is 1-200 bytes of A-Za-z0-9_.:/-, or $broadcast");
    }
  }

  private static void requireGrant(String channel, Identity identity) throws RefusedException {
    if (!identity.subscribe().allows(channel)) {
      throw new RefusedException(
          ProblemResponse.of(
                  HttpStatus.FORBIDDEN_403, "not_granted", "no grant to subscribe to " + channel)
              .with("channel", channel));
    }
  }

  /** A cursor that could outgrow its limit is refused here, never when it comes back. */
  private void requireRoomInCursor(Set<String> channels) throws RefusedException {
    Set<LanePartition> partitions = new HashSet<>();
    channels.forEach(channel -> partitions.add(slotMap.channelPartition(channel)));
    if (partitions.size() + PARTITIONS_UNASKED > CursorCodec.MAX_POSITIONS) {
      throw bad(
          "too_many_subscriptions",
          "these channels lie on so many partitions that a cursor of them would not fit in %,d bytes"
              .formatted(CursorCodec.MAX_LENGTH));
    }
  }

  /**
   * Reads a cursor.
   *
   * @throws RefusedException when it is malformed
   */
  public static Cursor decode(String text) throws RefusedException {
    try {
      return CursorCodec.decode(text);
    } catch (InvalidCursorException e) {
      throw bad("bad_cursor", e.getMessage());
    }
  }

  private static long intervalMs(Fields query) throws RefusedException {
    String text = query.getValue("max_rate");
    if (text == null) {
      return 0;
    }
    double rate;
    try {
      rate = Double.parseDouble(text);
    } catch (NumberFormatException e) {
      rate = Double.NaN; // refused as one out of bounds
    }
    return intervalMs(rate);
  }

  /**
   * The least time between two deliveries at this rate, in milliseconds.
   *
   * @param maxRate deliveries per second
   * @throws RefusedException when it is out of bounds
   */
  public static long intervalMs(double maxRate) throws RefusedException {
    if (maxRate >= LEAST_RATE && maxRate <= MOST_RATE) {
      return Math.round(1_000 / maxRate);
    }
    throw bad(
        "bad_max_rate",
        "max_rate is a number of deliveries per second from %s to %.0f"
            .formatted(LEAST_RATE, MOST_RATE));
  }

  private static RefusedException bad(String code, @Nullable String detail) {
    return new RefusedException(
        ProblemResponse.of(HttpStatus.BAD_REQUEST_400, code, detail == null ? "" : detail));
  }
}
