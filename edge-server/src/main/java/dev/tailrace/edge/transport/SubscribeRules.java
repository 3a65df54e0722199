package dev.tailrace.edge.transport;

import dev.tailrace.edge.auth.Identity;
import dev.tailrace.edge.auth.RequestAuthenticator;
import dev.tailrace.edge.auth.TokenVerifier;
import dev.tailrace.edge.auth.Verification;
import dev.tailrace.edge.connection.ConnectionRequest;
import dev.tailrace.edge.connection.Subscriber;
import dev.tailrace.edge.connection.Transport;
import dev.tailrace.edge.cursor.Cursor;
import dev.tailrace.edge.cursor.CursorCodec;
import dev.tailrace.edge.cursor.StartPosition;
import dev.tailrace.edge.http.ProblemResponse;
import dev.tailrace.schemas.Channels;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.schemas.SlotMap;
import dev.tailrace.schemas.SlotMaps;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
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

  /** The header that brings the cursor of a stream that was cut. */
  public static final String LAST_EVENT_ID = "Last-Event-ID";

  /** A request that was understood. */
  public record Accepted(
      Identity identity,
      Subscriber subscriber,
      Set<String> channels,
      StartPosition start,
      long intervalMs,
      Fields query,
      @Nullable InetAddress address) {
    /**
     * As a request to a delivery agent.
     *
     * @param waitMs how long a poll may be held
     */
    public ConnectionRequest request(Transport transport, long waitMs) {
      return new ConnectionRequest(
          transport,
          subscriber,
          channels,
          start,
          waitMs,
          intervalMs,
          ConnectionRequest.PRESENT,
          address);
    }
  }

  /** What a request asks for, apart from who asks: well-formed, and not yet granted. */
  public record Asked(
      Fields query,
      Set<String> channels,
      StartPosition start,
      long intervalMs,
      @Nullable InetAddress address) {}

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
  private final Supplier<SlotMaps> slots;
  private final int maxSubscriptions;
  private final InstantSource clock;

  /** With the bound of channels for one connection. */
  public SubscribeRules(
      RequestAuthenticator authenticator,
      Supplier<SlotMaps> slots,
      int maxSubscriptions,
      InstantSource clock) {
    this.authenticator = authenticator;
    this.slots = slots;
    this.maxSubscriptions = maxSubscriptions;
    this.clock = clock;
  }

  /**
   * Reads a request.
   *
   * @throws RefusedException when it is malformed, not authenticated or not granted
   */
  public Accepted read(Request request) throws RefusedException {
    Asked asked = asked(request);
    Identity identity = identity(request);
    for (String channel : asked.channels()) {
      requireGrant(channel, asked.start(), identity);
    }
    return accept(identity, asked);
  }

  /**
   * Reads a request for nothing but the past, which has grants of its own.
   *
   * @throws RefusedException when it is malformed, not authenticated or not granted
   */
  public Accepted readHistory(Request request) throws RefusedException {
    Asked asked = asked(request);
    Identity identity = identity(request);
    Predicate<String> granted = identity::mayReadHistory;
    for (String channel : asked.channels()) {
      if (!granted.test(channel)) {
        throw new RefusedException(noHistory(channel));
      }
    }
    return accepted(identity, subscriber(identity, granted), asked.channels(), asked);
  }

  /**
   * Who brings a new token for a connection that he holds.
   *
   * @throws RefusedException when the token is not good, or there is none
   */
  public Subscriber refreshed(Request request) throws RefusedException {
    Identity identity = identity(request);
    if (authenticator.isAnonymous(identity)) {
      throw new RefusedException(
          ProblemResponse.of(authenticator.refuseMissing("no token to go on with")));
    }
    return subscriber(identity);
  }

  private Identity identity(Request request) throws RefusedException {
    return switch (authenticator.authenticate(request)) {
      case Verification.Verified verified -> verified.identity();
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
      throw new RefusedException(
          ProblemResponse.of(
                  HttpStatus.BAD_REQUEST_400,
                  "too_many_subscriptions",
                  "%,d channels, the limit is %,d".formatted(channels.size(), maxSubscriptions))
              .with("limit", maxSubscriptions));
    }
    requireRoomInCursor(channels);
    return new Asked(query, channels, start(request, query), intervalMs(query), address(request));
  }

  /** Where a request comes from; null when that is not known. */
  public static @Nullable InetAddress address(Request request) {
    return request.getConnectionMetaData().getRemoteSocketAddress() instanceof InetSocketAddress at
        ? at.getAddress()
        : null;
  }

  private StartPosition start(Request request, Fields query) throws RefusedException {
    String asked = request.getHeaders().get(LAST_EVENT_ID);
    String cursor = asked == null || asked.isEmpty() ? text(query, "cursor") : asked;
    return StartRules.read(cursor, text(query, "since"), text(query, "last"), clock.instant());
  }

  /** The last one of a parameter; empty when there is none. */
  public static String text(Fields query, String name) {
    List<String> given = query.getValuesOrEmpty(name);
    return given.isEmpty() ? "" : given.getLast();
  }

  /**
   * A parameter that is a whole number.
   *
   * @throws RefusedException when it is none between these bounds, both allowed
   */
  public static int number(Fields query, String name, int byDefault, int least, int most)
      throws RefusedException {
    String text = query.getValue(name);
    if (text == null) {
      return byDefault;
    }
    try {
      int value = Integer.parseInt(text);
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      // said below, as for a number out of range
    }
    throw bad("bad_" + name, "%s is a whole number from %d to %d".formatted(name, least, most));
  }

  /** Whether a cursor says of all that a history request names where it begins. */
  public boolean isPositioned(Accepted accepted, Cursor cursor) {
    String user = accepted.subscriber().user();
    SlotMap present = slots.get().settled();
    return accepted.channels().isEmpty()
        ? user != null && cursor.position(present.userPartition(user)).isPresent()
        : accepted.channels().stream()
            .allMatch(channel -> cursor.position(present.channelPartition(channel)).isPresent());
  }

  /** What this identity is granted of what is asked for: the channels may be fewer. */
  public static Accepted accept(Identity identity, Asked asked) {
    Set<String> granted = new LinkedHashSet<>(asked.channels());
    granted.removeIf(channel -> refusal(channel, asked.start(), identity) != null);
    return accepted(identity, subscriber(identity), granted, asked);
  }

  private static Accepted accepted(
      Identity identity, Subscriber subscriber, Set<String> channels, Asked asked) {
    return new Accepted(
        identity,
        subscriber,
        channels,
        asked.start(),
        asked.intervalMs(),
        asked.query(),
        asked.address());
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
    return subscriber(identity, identity::maySubscribe);
  }

  private static Subscriber subscriber(Identity identity, Predicate<String> maySubscribe) {
    Instant expires = identity.expires();
    return new Subscriber(
        identity.user(),
        maySubscribe,
        identity::isRevoked,
        expires == null ? Long.MAX_VALUE : expires.toEpochMilli(),
        expires == null ? Long.MAX_VALUE : expires.plus(TokenVerifier.LEEWAY).toEpochMilli());
  }

  /**
   * Checks a channel's name and the grants for it.
   *
   * @throws RefusedException when any of them is missing
   */
  public static void check(String channel, StartPosition start, Identity identity)
      throws RefusedException {
    requireName(channel);
    requireGrant(channel, start, identity);
  }

  private static void requireName(String channel) throws RefusedException {
    if (!Channels.isChannel(channel)) {
      throw bad("bad_channel", "a channel is 1-200 bytes of A-Za-z0-9_.:/-, or $broadcast");
    }
  }

  private static void requireGrant(String channel, StartPosition start, Identity identity)
      throws RefusedException {
    ProblemResponse refusal = refusal(channel, start, identity);
    if (refusal != null) {
      throw new RefusedException(refusal);
    }
  }

  /**
   * Why an identity may not follow a channel from there on; null when it may. A cursor needs no
   * grant for the past: it is how a subscription that was cut goes on.
   */
  public static @Nullable ProblemResponse refusal(
      String channel, StartPosition start, Identity identity) {
    if (!identity.maySubscribe(channel)) {
      return notGranted(channel, "no grant to subscribe to " + channel);
    }
    return switch (start) {
      case StartPosition.Latest _, StartPosition.At _ -> null;
      case StartPosition.Earliest _, StartPosition.Since _, StartPosition.Last _ ->
          identity.mayReadHistory(channel) ? null : noHistory(channel);
    };
  }

  private static ProblemResponse noHistory(String channel) {
    return notGranted(channel, "no grant for the history of " + channel);
  }

  private static ProblemResponse notGranted(String channel, String detail) {
    return ProblemResponse.of(HttpStatus.FORBIDDEN_403, "not_granted", detail)
        .with("channel", channel);
  }

  /** A cursor that could outgrow its limit is refused here, never when it comes back. */
  private void requireRoomInCursor(Set<String> channels) throws RefusedException {
    SlotMap present = slots.get().settled();
    Set<LanePartition> partitions = new HashSet<>();
    channels.forEach(channel -> partitions.add(present.channelPartition(channel)));
    if (partitions.size() + PARTITIONS_UNASKED > CursorCodec.MAX_POSITIONS) {
      throw bad(
          "too_many_subscriptions",
          "these channels lie on so many partitions that a cursor of them would not fit in %,d bytes"
              .formatted(CursorCodec.MAX_LENGTH));
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

  private static RefusedException bad(String code, String detail) {
    return new RefusedException(ProblemResponse.of(HttpStatus.BAD_REQUEST_400, code, detail));
  }
}
