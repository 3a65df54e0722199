package dev.tailrace.edge.auth;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the keys behind {@code auth.jwks.url}: fetches them at an interval, and sooner when a token
 * names one that is not known, but never within the pause after the last time, whoever asks how
 * often. While they are not to be had, those that were stay; so do they when an answer holds none
 * that can be used.
 *
 * <p>Threading: {@code edge-jwks} fetches; {@link #ask} is a volatile write and an unpark, from any
 * thread.
 */
final class JwkSetRefresher implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(JwkSetRefresher.class);

  private final JwkSetClient client;
  private final FetchSchedule schedule;
  private final KeyRing ring;
  private final LongSupplier monotonicMs;
  private final KeyListener listener;
  private final CountDownLatch attempted = new CountDownLatch(1);
  private volatile boolean asked;
  private volatile boolean stopped;

  /** When an answer came that could be used; null before the first. */
  private volatile @Nullable Long answeredMs;

  private volatile String problem = "not asked yet";

  /** The last answer; only that thread's. */
  private String known = "";

  private volatile @Nullable Thread thread;

  /**
   * Fetches nothing yet.
   *
   * @param interval between two fetches when nobody asks
   * @param pause between two fetches at least
   */
  JwkSetRefresher(
      JwkSetClient client,
      Duration interval,
      Duration pause,
      KeyRing ring,
      LongSupplier monotonicMs,
      KeyListener listener) {
    this.client = client;
    this.schedule = new FetchSchedule(interval, pause);
    this.ring = ring;
    this.monotonicMs = monotonicMs;
    this.listener = listener;
  }

  /** Begins, with a first fetch. */
  void start() {
    thread = Thread.ofVirtual().name("edge-jwks").start(this::run);
  }

  /** Waits until the first fetch has ended, well or not; for no longer than one may take. */
  void awaitFirst() throws InterruptedException {
    if (!attempted.await(JwkSetClient.TIMEOUT.plusSeconds(1).toMillis(), TimeUnit.MILLISECONDS)) {
      LOG.warn("{} has not answered yet: going on without its keys", client);
    }
  }

  /** Somebody brings a token of a key that is not known. */
  void ask() {
    if (!asked) {
      asked = true;
      LockSupport.unpark(thread);
    }
  }

  /** Whether it was fetched once. */
  boolean hasAnswered() {
    return answeredMs != null;
  }

  /** How it stands, in words. */
  String describe() {
    Long at = answeredMs;
    String last = at == null ? "never fetched" : "fetched %d s ago".formatted(ageMs(at) / 1_000);
    return problem.isEmpty() ? last : last + ", " + problem;
  }

  /** Milliseconds since it was last fetched well; 0 before that. */
  long ageMs() {
    Long at = answeredMs;
    return at == null ? 0 : ageMs(at);
  }

  private long ageMs(long at) {
    return Math.max(0, monotonicMs.getAsLong() - at);
  }

  private void run() {
    while (!stopped) {
      long waitMs = schedule.waitMs(monotonicMs.getAsLong(), asked);
      if (waitMs > 0) {
        LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(waitMs));
      } else {
        asked = false; // who asks from now on may mean a key that this fetch does not see
        schedule.onStart(monotonicMs.getAsLong());
        fetch();
        attempted.countDown();
      }
    }
  }

  private void fetch() {
    try {
      take(client.get());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // it is being closed
    } catch (IOException | UnusableKeyException e) {
      onFailure(String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      LOG.error("{} cannot be read", client, e);
      onFailure(e.getClass().getSimpleName());
    }
  }

  private void take(String text) throws UnusableKeyException {
    if (!text.equals(known)) {
      PublicKeys read = PublicKeys.parseJwkSet(text);
      if (read.keys().isEmpty()) {
        throw new UnusableKeyException("it holds no key that can be used " + read.problems());
      }
      read.problems().forEach(why -> LOG.warn("{}: {}", client, why));
      if (ring.put(KeyRing.Source.URL, read.keys())) {
        LOG.info("{} has the keys {}", client, read.keys());
      }
      known = text;
    }
    if (!problem.isEmpty() && answeredMs != null) {
      LOG.info("{} answers again", client);
    }
    problem = "";
    answeredMs = monotonicMs.getAsLong();
    schedule.onSuccess();
    listener.onKeysFetched();
  }

  private void onFailure(String why) {
    if (stopped) {
      return; // it was cut off
    }
    if (!why.equals(problem)) {
      LOG.warn("{} cannot be used, its keys stay as they were: {}", client, why);
    }
    problem = why;
    schedule.onFailure();
    listener.onKeysNotFetched();
  }

  @Override
  public void close() {
    stopped = true;
    Thread fetching = thread;
    if (fetching != null) {
      fetching.interrupt();
    }
    client.close();
  }
}
