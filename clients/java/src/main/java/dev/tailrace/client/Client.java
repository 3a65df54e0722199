package dev.tailrace.client;

import java.util.Random;
import java.util.concurrent.Future;
import java.util.logging.Level;
import java.util.logging.Logger;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * Holds one connection after the other.
 *
 * <pre>
 *   any but CLOSED ──sleep──▶ SLEEPING ──wake──▶ CONNECTING
 *
 *   CONNECTING ──first word──▶ LIVE ──ended──▶ CONNECTING or WAITING ──time, wake──▶ CONNECTING
 * </pre>
 *
 * <p>Threading: owned by the client's thread, but for what says that any thread may call it.
 */
final class Client {
  private static final Logger LOG = Logger.getLogger("dev.tailrace.client");
  private static final long RESTART_MS = 20; // so that many subscriptions take one new request
  private static final long GOODBYE_MS = 1_500;

  private final TailraceOptions options;
  private final Owner owner = new Owner(this::onFault);
  private final Random random = new Random();
  private final Http http;
  private final Bearer bearer;
  private final Locator locator;
  private final Ladder ladder;
  private final Prober prober;
  private final Feed feed;
  private final Requests requests;
  private final PollWait pollWait = new PollWait();

  private volatile State state = State.CONNECTING;
  private volatile Transport transport;
  private @Nullable Link link;
  private @Nullable Future<?> retry;
  private long attempts;
  private boolean restarts;
  private boolean waitsAsSaid;
  private boolean tokenWasRefused;
  private boolean namesStreams;

  Client(HttpUrl origin, TailraceOptions options) {
    this.options = options;
    http = new Http(origin, options);
    bearer = new Bearer(owner, options);
    locator = new Locator(owner, http, options);
    ladder = new Ladder(options.transports, newBackoff());
    prober = new Prober(this, ladder);
    feed = new Feed(this, options.cursor);
    requests = new Requests(this, bearer);
    transport = ladder.transport();
    namesStreams = bearer.isRenewable();
  }

  // For its parts.

  Backoff newBackoff() {
    return new Backoff(random, options.backoffMs);
  }

  TailraceOptions options() {
    return options;
  }

  Owner owner() {
    return owner;
  }

  Http http() {
    return http;
  }

  Feed feed() {
    return feed;
  }

  /** The connection in use; null for none. */
  @Nullable Link link() {
    return link;
  }

  Prober prober() {
    return prober;
  }

  Requests requests() {
    return requests;
  }

  /** Any thread. */
  void execute(Runnable task) {
    owner.execute(task);
  }

  void later(long ms, Runnable task) {
    var unused = owner.schedule(ms, task);
  }

  /** Any thread. */
  State state() {
    return state;
  }

  /** Any thread. */
  Transport transport() {
    return transport;
  }

  /**
   * The application's faults stop nothing here, whatever they are: Kotlin's listeners may throw
   * checked ones. Only what is of the machine goes on from here.
   */
  void safely(Runnable listener) {
    try {
      listener.run();
    } catch (Throwable e) {
      report(
          TailraceException.of("listener_failed", "a listener of the application threw " + e)
              .cause(e)
              .build());
      Owner.rethrowOfMachine(e);
    }
  }

  void report(TailraceException error) {
    if (options.onError == null) {
      LOG.log(Level.WARNING, "tailrace: {0}: {1}", new Object[] {error.code(), error.getMessage()});
      return;
    }
    try {
      options.onError.onError(error);
    } catch (Throwable e) {
      LOG.log(Level.WARNING, "a listener of errors threw", e);
      Owner.rethrowOfMachine(e);
    }
  }

  private void onFault(Throwable fault) {
    close(
        TailraceException.of("internal", "a fault of this client: please report it (" + fault + ")")
            .cause(fault)
            .isFinal(true)
            .build());
  }

  /** A path of the edge that serves this client. */
  HttpUrl.Builder url(String path) {
    return http.url(locator.edge(), path);
  }

  /** Whether a stream is to have a name, by which it is given a new token. */
  boolean namesStreams() {
    return namesStreams;
  }

  PollWait pollWait() {
    return pollWait;
  }

  // Who follows what.

  void add(Subscription one) {
    if (state == State.CLOSED) {
      one.fail(Requests.closed());
      return;
    }
    String address = one.address();
    double rate = feed.rate(address);
    boolean isNew = feed.subscriptions().add(one);
    if (link == null) {
      return;
    }
    boolean isNamed = Subscriptions.isNamed(address);
    if (isNamed && !isNew && feed.rate(address) != rate) {
      restartUnless(link.askAnew(address));
    } else if (link.follows(address)) {
      one.start();
    } else if (isNamed && isNew) {
      restartUnless(link.follow(address));
    }
  }

  void drop(Subscription one) {
    if (feed.subscriptions().remove(one) && Subscriptions.isNamed(one.address())) {
      feed.forget(one.address());
      if (link != null) {
        restartUnless(link.unfollow(one.address()));
      }
    }
  }

  /** What a stream follows is in its URL: another one is opened from where this one is. */
  private void restartUnless(boolean isDone) {
    if (!isDone && !restarts) {
      restarts = true;
      later(
          RESTART_MS,
          () -> {
            restarts = false;
            if (link != null) {
              again(link);
            }
          });
    }
  }

  // Connections.

  void start() {
    safely(() -> options.onState.onState(new StateChange(state, transport, null, 0)));
    hold();
  }

  private void hold() {
    long attempt = ++attempts;
    owner.when(
        bearer.get(),
        (token, fault) -> {
          if (attempt != attempts) {
            return; // it sleeps, or is closed
          }
          if (token == null) {
            goOn(End.of(Tailrace.asOurs(fault)));
          } else {
            locator.look(token, () -> open(attempt, token));
          }
        });
  }

  private void open(long attempt, String token) {
    if (attempt == attempts) {
      Link next = new Link(this, ladder.transport(), token, false);
      link = next;
      set(State.CONNECTING, null, 0);
      next.open();
    }
  }

  private void leave(@Nullable Link held) {
    attempts++;
    link = null;
    prober.stop();
    if (retry != null) {
      retry.cancel(false);
    }
    if (held != null) {
      held.close();
    }
  }

  /** Another connection like this one, at once. */
  void again(Link held) {
    if (held == link) {
      leave(held);
      hold();
    }
  }

  void onLive(Link live) {
    tokenWasRefused = false;
    feed.onLive();
    set(State.LIVE, null, 0);
    prober.start(live);
  }

  void onEnd(Link ended, End end) {
    if (ended == link) {
      leave(ended);
      goOn(end);
    } else if (prober.succeeds(ended, end) && link != null) {
      again(link);
    }
  }

  private void goOn(End end) {
    if (end.lastedMs() > Ladder.WELL_MS) {
      prober.reset();
    }
    TailraceException error = end.error();
    if (error != null && error.isOfTheToken()) {
      if (!bearer.isRenewable() || tokenWasRefused) {
        close(error);
        return;
      }
      tokenWasRefused = true; // once more, with a new one
      bearer.forget();
      pause(end, ladder.again(), false);
    } else if (error != null && error.channel() != null && !feed.follows(error.channel())) {
      // It was unsubscribed from while the answer was on its way.
      pause(End.CUT, ladder.again(), false);
    } else if (error != null && (feed.refusesSome(error) || givesUpNames(error))) {
      hold();
    } else if (error != null && !error.isRepeatable() && !end.isUnfit()) {
      close(error);
    } else if (end.afterMs() == 0 && !end.wasLive() && locator.giveUp()) {
      hold();
    } else {
      long waitMs = ladder.next(end);
      boolean asSaid = end.afterMs() > 0;
      if (error != null && error.is("no_such_path") && ladder.lacksAll()) {
        pause(End.of(tooOld(error)), waitMs, asSaid);
      } else {
        pause(end, waitMs, asSaid);
      }
    }
  }

  private static TailraceException tooOld(TailraceException lastRefusal) {
    return TailraceException.of(
            "too_old",
            "an edge answers, but has none of the ways that this client knows: it is older, or"
                + " something before it lets only some paths through")
        .status(lastRefusal.status())
        .cause(lastRefusal)
        .build();
  }

  /** A token without a `sub` cannot be renewed on an open stream. */
  private boolean givesUpNames(TailraceException error) {
    boolean named = namesStreams;
    if (error.is("bad_stream")) {
      namesStreams = false;
    }
    return named != namesStreams;
  }

  private void pause(End end, long waitMs, boolean asSaid) {
    TailraceException error = end.error();
    if (error != null && !end.wasLive()) {
      report(error);
    }
    if (waitMs == 0) {
      set(State.CONNECTING, error, 0);
      hold();
      return;
    }
    waitsAsSaid = asSaid;
    set(State.WAITING, error, waitMs);
    retry = owner.schedule(waitMs, this::wake);
  }

  private void set(State now, @Nullable TailraceException error, long retryMs) {
    Transport using = link == null ? ladder.transport() : link.transport();
    if (now != state || using != transport) {
      state = now;
      transport = using;
      safely(() -> options.onState.onState(new StateChange(now, using, error, retryMs)));
    }
  }

  void sleep() {
    if (state != State.CLOSED) {
      leave(link);
      set(State.SLEEPING, null, 0);
    }
  }

  void wake() {
    if (state == State.SLEEPING || state == State.WAITING) {
      leave(link);
      set(State.CONNECTING, null, 0);
      hold();
    }
  }

  /** What calls this does so by itself: it wakes nobody, and what the server said stands. */
  void reconnect() {
    if (link != null) {
      again(link);
    } else if (state == State.WAITING && !waitsAsSaid) {
      wake();
    }
  }

  void close(@Nullable TailraceException error) {
    if (state == State.CLOSED) {
      return;
    }
    leave(link);
    if (error != null) {
      report(error);
    }
    set(State.CLOSED, error, 0);
    for (Subscription one : feed.subscriptions().all()) {
      feed.subscriptions().remove(one);
      if (error == null) {
        one.end(null);
      } else {
        one.fail(error);
      }
    }
    requests.close();
    later(
        GOODBYE_MS, // in which a WebSocket is closed in order
        () -> {
          http.close();
          owner.stop();
        });
  }

  void onTokenExpiring(Link from) {
    if (!bearer.isRenewable()) {
      return;
    }
    bearer.forget();
    owner.when(
        bearer.get(),
        (token, fault) -> {
          if (token == null) {
            report(Tailrace.asOurs(fault));
          } else if (from == link) {
            from.renew(token);
          }
        });
  }
}
