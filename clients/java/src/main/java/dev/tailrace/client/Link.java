package dev.tailrace.client;

import java.io.InterruptedIOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * One connection's life: what comes, whether it is silent, what it follows, how it ends. A trial
 * ends with the first word.
 *
 * <p>Threading: owned by the client's thread, but for what says that the connection's reader calls
 * it.
 */
final class Link {
  /** A clock that is so late says that the process, or its owner, stood still. */
  private static final long STOOD_STILL_MS = 5_000;

  private final Client client;
  private final Owner owner;
  private final Transport transport;
  private final boolean isTrial;
  private final Inbox inbox;
  private final Connection connection;
  private final Set<String> follows = new HashSet<>(); // addresses
  private final Map<String, Integer> asked = new HashMap<>(); // channel -> ref of its subscribe
  private final Set<String> askedAnew = new HashSet<>(); // channels without a gap since
  private final long patienceMs;
  private final long lookMs;
  private long silenceMs;
  private String token;
  private int lastRef;
  private long liveAtMs;
  private long dueMs;
  private long dueByWallMs;
  private long heardBeforeMs;
  private long sleptMs;
  private boolean closed;
  private @Nullable Future<?> watch;
  private @Nullable TailraceException error;
  private volatile long heardAtMs = Owner.nowMs();

  Link(Client client, Transport transport, String token, boolean isTrial) {
    this.client = client;
    this.transport = transport;
    this.token = token;
    this.isTrial = isTrial;
    owner = client.owner();
    inbox = new Inbox(owner);
    patienceMs = client.options().patienceMs;
    lookMs = Math.min(patienceMs, client.options().lookMs);
    silenceMs = client.options().heartbeatMs * 8 / 5;
    connection =
        switch (transport) {
          case WEBSOCKET -> new WebSocketConnection(this, client);
          case STREAM -> new StreamConnection(this, client);
          case POLL -> new PollConnection(this, client);
        };
  }

  void open() {
    connection.open();
    due(Owner.nowMs());
    watch();
  }

  Transport transport() {
    return transport;
  }

  boolean isStream() {
    return transport != Transport.WEBSOCKET;
  }

  boolean isTrial() {
    return isTrial;
  }

  boolean isLive() {
    return liveAtMs > 0;
  }

  String token() {
    return token;
  }

  /** What a WebSocket's `error` frame said last; null if it said nothing. */
  @Nullable TailraceException error() {
    return error;
  }

  /** How long it may be silent once it is live. */
  void maySilentFor(long ms) {
    silenceMs = ms;
  }

  void renew(String newToken) {
    token = newToken;
    connection.renew();
  }

  // What comes.

  /** A byte has come. Reader. */
  void heard() {
    heardAtMs = Owner.nowMs();
  }

  /**
   * A frame, or a block of a stream. Waits for room. Reader.
   *
   * @throws IllegalArgumentException if it says nothing that an edge does
   * @throws InterruptedIOException if the reader is interrupted meanwhile
   */
  void take(String kind, String body) throws InterruptedIOException {
    put(body.length(), read(kind, body));
  }

  /**
   * A block of a stream that is so far with it: both, or neither. Else as {@link #take}. Reader.
   */
  void take(String kind, String body, String position) throws InterruptedIOException {
    Runnable task = read(kind, body);
    put(
        body.length(),
        () -> {
          task.run();
          streamIsAt(position);
        });
  }

  /** Has the owner run it, unless this has ended by then. Waits for room. Reader. */
  void put(int chars, Runnable task) throws InterruptedIOException {
    heard();
    inbox.put(chars, task);
    heard();
  }

  private Runnable read(String kind, String body) {
    return switch (kind) {
      case "event" -> {
        Event event = Event.of(body);
        yield () -> onEvent(event);
      }
      case "gap" -> {
        Gap gap = Gap.of(body);
        yield () -> onGap(gap);
      }
      case "token_expiring" -> () -> client.onTokenExpiring(this);
      default -> readControl(kind, Json.members(body));
    };
  }

  private Runnable readControl(String kind, Map<String, String> members) {
    String cursor = Event.string(members, "cursor");
    String channel = Event.string(members, "channel");
    int ref = (int) Http.wholeNumber(Event.string(members, "ref"));
    return switch (kind) {
      case "welcome" -> () -> onWelcome(cursor);
      case "subscribed" -> () -> onSubscribed(ref, channel, cursor);
      case "cursor" -> () -> onCursor(cursor);
      case "conflated" -> {
        List<String> channels = Json.strings(members.get("channels"));
        yield () -> onConflated(channels);
      }
      case "error" -> {
        TailraceException why =
            TailraceException.of(
                    Event.required(members, "code"), Event.required(members, "message"))
                .channel(channel)
                .isFinal(true)
                .build();
        yield () -> onError(ref, why);
      }
      default -> () -> {}; // answers, and what later edges may say
    };
  }

  void onEvent(Event event) {
    if (!endTrial()) {
      client.feed().onEvent(this, event);
    }
  }

  void onGap(Gap gap) {
    if (!endTrial()) {
      gap.channels().forEach(askedAnew::remove);
      client.feed().onGap(this, gap);
    }
  }

  private void onConflated(List<String> channels) {
    if (!endTrial()) {
      client.safely(() -> client.options().onConflated.onConflated(channels));
    }
  }

  private void onWelcome(@Nullable String cursor) {
    if (!endTrial()) {
      client.feed().onWelcome(cursor);
      settled(Positions.OWN);
      settled(Positions.BROADCAST);
    }
  }

  private void onSubscribed(int ref, @Nullable String channel, @Nullable String cursor) {
    if (channel == null || cursor == null || isOfOneBefore(ref, channel)) {
      return;
    }
    boolean goesOn = askedAnew.remove(channel);
    if (client.feed().onSubscribed(channel, cursor, goesOn)) {
      settled(channel);
    }
  }

  private void onCursor(@Nullable String cursor) {
    if (endTrial()) {
      return;
    }
    if (isStream()) {
      settled(Positions.OWN);
      settled(Positions.BROADCAST);
      Set.copyOf(asked.keySet()).forEach(this::settled);
    } else if (cursor != null) {
      client.feed().onHeartbeat(follows, cursor);
    }
  }

  private void streamIsAt(String cursor) {
    if (!isTrial) {
      client.feed().onStreamAt(cursor);
    }
  }

  /** A poll is answered, after all that it brought. */
  void pollIsAt(String cursor) {
    streamIsAt(cursor);
    onCursor(cursor);
  }

  private void onError(int ref, TailraceException why) {
    String channel = why.channel();
    if (channel == null) {
      error = why;
      client.report(why);
    } else if (client.feed().follows(channel) && !isOfOneBefore(ref, channel)) {
      follows.remove(channel);
      asked.remove(channel);
      client.feed().refuse(channel, why);
    }
  }

  /** Whether this answers what was asked before the last subscribe. */
  private boolean isOfOneBefore(int ref, String channel) {
    return ref > 0 && !Integer.valueOf(ref).equals(asked.get(channel));
  }

  private void settled(String address) {
    if (!isLive()) {
      liveAtMs = Owner.nowMs();
      client.onLive(this);
    }
    if (follows.add(address)) {
      client.feed().onFollowed(address);
    }
  }

  private boolean endTrial() {
    if (isTrial && !isLive()) {
      liveAtMs = Owner.nowMs();
      onEnd(End.CUT);
    }
    return isTrial;
  }

  // What it follows.

  /** A stream's request names this channel. */
  void asks(String channel) {
    asked.put(channel, ++lastRef);
  }

  boolean follows(String address) {
    return follows.contains(address);
  }

  /** False if that takes another connection. */
  boolean follow(String channel) {
    if (isStream()) {
      return false;
    }
    asked.put(channel, ++lastRef);
    return connection.follow(lastRef, channel);
  }

  /** The same channel by other terms, from where it is. False if that takes another connection. */
  boolean askAnew(String channel) {
    boolean isKnown = follows.contains(channel) || askedAnew.contains(channel);
    if (!unfollow(channel) || !follow(channel)) {
      return false;
    }
    if (isKnown) {
      askedAnew.add(channel);
    }
    return true;
  }

  /** False if that takes another connection. */
  boolean unfollow(String channel) {
    follows.remove(channel);
    askedAnew.remove(channel);
    return asked.remove(channel) == null || connection.unfollow(++lastRef, channel);
  }

  // Its end.

  private void watch() {
    if (closed) {
      return;
    }
    long nowMs = Owner.nowMs();
    if (inbox.isWaiting()) {
      heardAtMs = nowMs; // it is not the other side who is silent
    }
    countSleep(nowMs - dueMs);
    long limitMs = isLive() ? silenceMs : patienceMs;
    long leftMs = heardAtMs + limitMs - nowMs - sleptMs;
    boolean stoodStill = sleptMs > 0 || nowMs - dueMs > STOOD_STILL_MS;
    if (leftMs <= 0 && stoodStill && !isTrial) {
      client.again(this);
      return;
    }
    if (leftMs <= 0) {
      TailraceException why =
          TailraceException.of(
                  "silent",
                  String.format(
                      "nothing comes by %s for %,d ms: a proxy may hold it back",
                      transport, limitMs))
              .build();
      boolean everHeard = isLive() && nowMs - liveAtMs > 2 * limitMs;
      onEnd(everHeard ? End.of(why) : End.unfit(why));
      return;
    }
    // It may become live before, and then have less time.
    long nextMs = Math.min(leftMs, Math.min(silenceMs, lookMs));
    due(nowMs + nextMs);
    watch = owner.schedule(nextMs, this::watch);
  }

  private void due(long atMs) {
    dueMs = atMs;
    dueByWallMs = client.options().wallClock.getAsLong() + atMs - Owner.nowMs();
  }

  /**
   * While an Android device sleeps its clocks of no beginning stand still, and so does the time of
   * the owner's tasks; that of the day goes on. Whether what has been heard since the last look was
   * heard before the sleep, nobody knows: then it counts as after it.
   */
  private void countSleep(long lateMs) {
    long jumpMs = client.options().wallClock.getAsLong() - dueByWallMs - lateMs;
    long heardMs = heardAtMs;
    if (heardMs != heardBeforeMs) {
      heardBeforeMs = heardMs;
      sleptMs = 0;
    } else if (jumpMs > STOOD_STILL_MS) {
      sleptMs += jumpMs;
    }
  }

  /** It has ended by itself, after all that came. Reader. */
  void end(End end) {
    owner.execute(() -> onEnd(end));
  }

  private void onEnd(End end) {
    if (!closed) {
      close();
      client.onEnd(this, end.lasted(isLive() ? Math.max(1, Owner.nowMs() - liveAtMs) : 0));
    }
  }

  void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (watch != null) {
      watch.cancel(false);
    }
    inbox.close();
    connection.close();
  }
}
