package dev.tailrace.edge.transport;

import dev.tailrace.edge.auth.Identity;
import dev.tailrace.edge.auth.RequestAuthenticator;
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

  private static final String LAST_EVENT_ID = "Last-Event-ID";

  /** A request that was understood. */
  public record Accepted(
      Identity identity,
      Subscriber subscriber,
      Set<String> channels,
      @Nullable Cursor cursor,
      Fields query) {}

  /**
   * What a request asks for, apart from who asks.
   *
   * @param cursor as it came; empty without one
   */
  public record Asked(Fields query, String cursor) {}

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
      case Verification.Verified verified -> accept(verified.identity(), asked);
      case Verification.Refused refused -> throw new RefusedException(ProblemResponse.of(refused));
    };
  }

  /**
   * Reads what is asked for. {@code Last-Event-ID} wins over the query: it is the newer of the two.
   *
   * @throws RefusedException when the query is malformed
   */
  public static Asked asked(Request request) throws RefusedException {
    Fields query = query(request);
    String cursor = request.getHeaders().get(LAST_EVENT_ID);
    if (cursor == null || cursor.isEmpty()) {
      List<String> given = query.getValuesOrEmpty("cursor");
      cursor = given.isEmpty() ? "" : given.getLast();
    }
    return new Asked(query, cursor);
  }

  /**
   * Checks what is asked for against what this identity may have.
   *
   * @throws RefusedException when it is malformed or not granted
   */
  public Accepted accept(Identity identity, Asked asked) throws RefusedException {
    Fields query = asked.query();
    Set<String> channels = new LinkedHashSet<>(query.getValuesOrEmpty("channel"));
    for (String channel : channels) {
      check(channel, identity);
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
    Cursor cursor = asked.cursor().isEmpty() ? null : decode(asked.cursor());
    return new Accepted(identity, subscriber(identity), channels, cursor, query);
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
    return new Subscriber(
        identity.user(),
        channel -> identity.subscribe().allows(channel),
        expires == null ? Long.MAX_VALUE : expires.toEpochMilli());
  }

  /**
   * Checks a channel's name and the grant for it.
   *
   * @throws RefusedException when either is missing
   */
  public static void check(String channel, Identity identity) throws RefusedException {
    if (!Channels.isChannel(channel)) {
      throw bad("bad_channel", "a channel is 1-200 bytes of A-Za-z0-9_.:/-, or $broadcast");
    }
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

  private static RefusedException bad(String code, @Nullable String detail) {
    return new RefusedException(
        ProblemResponse.of(HttpStatus.BAD_REQUEST_400, code, detail == null ? "" : detail));
  }
}
