package dev.tailrace.client;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * That somebody follows a channel, or the user's own events.
 *
 * <p>Threading: {@link #unsubscribe} and what is asked may be called on any thread; all else is the
 * client's.
 */
public final class Subscription {
  /** Of one subscription: while its past is being read. */
  static final int MOST_WAITING = 10_000;

  private static final int PAGE_EVENTS = 1_000;

  private enum Past {
    WANTED,
    COMING,
    THERE
  }

  private final Client client;
  private final String address;
  private final EventListener listener;
  private final SubscribeOptions options;
  private final ArrayDeque<Event> waiting = new ArrayDeque<>();
  private final Backoff backoff;
  private Past past;
  private volatile boolean ended;
  private volatile @Nullable TailraceException error;

  Subscription(Client client, String address, EventListener listener, SubscribeOptions options) {
    this.client = client;
    this.address = address;
    this.listener = listener;
    this.options = options;
    backoff = client.newBackoff();
    past = options.since() == null && options.last() == 0 ? Past.THERE : Past.WANTED;
  }

  /** Its channel; null for the user's own events. */
  public @Nullable String channel() {
    return address.isEmpty() ? null : address;
  }

  /** Whether nothing will come by it any more. */
  public boolean isEnded() {
    return ended;
  }

  /** Why it ended by itself; null if it did not. */
  public @Nullable TailraceException error() {
    return error;
  }

  /** Nothing comes by it any more, but what is being handed over at this moment. */
  public void unsubscribe() {
    ended = true;
    client.execute(() -> client.drop(this));
  }

  String address() {
    return address;
  }

  double conflate() {
    return options.conflate();
  }

  /** It is followed from now on, so nothing lies between its past and what comes. */
  void start() {
    if (past == Past.WANTED) {
      past = Past.COMING;
      HistoryOptions from = HistoryOptions.defaults();
      from = options.since() == null ? from.last(options.last()) : from.since(options.since());
      read(from);
    }
  }

  private void read(HistoryOptions from) {
    client
        .requests()
        .history(
            address,
            from.limit(PAGE_EVENTS),
            (page, fault) -> {
              if (ended) {
                return;
              }
              if (page == null) {
                retry(from, fault);
                return;
              }
              page.gaps().forEach(this::tell);
              page.events().forEach(this::give);
              if (page.hasMore()) {
                read(HistoryOptions.defaults().cursor(page.cursor()));
              } else {
                join(Cursor.of(page.cursor()));
              }
            });
  }

  private void retry(HistoryOptions from, @Nullable TailraceException fault) {
    if (fault == null || !fault.isRepeatable() || fault.isOfTheToken()) {
      fail(fault);
      return;
    }
    long saidMs = fault.retryAfterMs();
    client.later(saidMs > 0 ? backoff.saidMs(saidMs) : backoff.nextMs(), () -> read(from));
  }

  private void join(Cursor end) {
    past = Past.THERE;
    for (Event event = waiting.poll(); event != null; event = waiting.poll()) {
      if (!end.covers(Cursor.of(event.cursor()))) {
        give(event);
      }
    }
  }

  /** An event of its channel. */
  void take(Event event) {
    if (past == Past.THERE) {
      give(event);
    } else if (waiting.size() == MOST_WAITING) {
      fail(
          TailraceException.of(
                  "too_slow",
                  String.format(
                      "%,d events wait for the past of %s: ask for less of it",
                      MOST_WAITING, address))
              .channel(channel())
              .build());
    } else {
      waiting.add(event);
    }
  }

  private void give(Event event) {
    if (!ended) {
      client.safely(() -> listener.onEvent(event));
    }
  }

  /** A gap of its channel. */
  void tell(Gap gap) {
    GapListener told = options.onGap();
    if (told != null && !ended) {
      client.safely(() -> told.onGap(gap));
    }
  }

  /** It ends by itself. */
  void fail(@Nullable TailraceException why) {
    if (ended || why == null) {
      return;
    }
    end(why);
    client.drop(this);
    ErrorListener told = options.onError();
    if (told == null) {
      client.report(why);
    } else {
      client.safely(() -> told.onError(why));
    }
  }

  /** So does everything: its client is closed. */
  void end(@Nullable TailraceException why) {
    error = why;
    ended = true;
    waiting.clear();
    if (why == null) {
      client.safely(options.onEnd());
    }
  }
}
