package dev.tailrace.system;

import dev.tailrace.system.Follower.Transport;
import dev.tailrace.testing.history.ClientLog;
import java.io.IOException;
import java.net.http.HttpClient;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/**
 * A client that knows several edges and is at one at a time: at the next when its connection ends
 * or there is none to be had, or when it is moved; each time from its cursor.
 *
 * <p>Threading: one test thread; one of its own follows.
 */
final class RoamingClient implements AutoCloseable {
  private static final long PAUSE_MS = 50;

  private final ClientLog log;
  private final RoamingSight sight;
  private final List<String> edges;
  private final RoamingConnection connection;
  private final AtomicInteger edge;
  private final AtomicInteger opened = new AtomicInteger();
  private final List<String> faults = new CopyOnWriteArrayList<>();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;
  private volatile String openAt = "";

  private RoamingClient(
      ClientLog log, RoamingSight sight, List<String> edges, int first, RoamingConnection follow) {
    this.log = log;
    this.sight = sight;
    this.edges = edges;
    this.edge = new AtomicInteger(first);
    this.connection = follow;
    thread = Thread.ofVirtual().name(log.name()).start(this::roam);
  }

  /** Begins at this edge, with what the user gets and these channels. */
  static RoamingClient start(
      Transport transport,
      HttpClient http,
      ClientLog log,
      String user,
      UnaryOperator<String> identity,
      List<String> channels,
      List<String> edges,
      int first) {
    RoamingSight sight = new RoamingSight(log, user, identity, channels);
    RoamingConnection connection =
        switch (transport) {
          case SSE -> new RoamingStream(http, sight);
          case SOCKET -> new RoamingSocket(http, sight);
          case POLL -> new RoamingPoll(http, sight);
        };
    return new RoamingClient(log, sight, edges, first, connection);
  }

  private void roam() {
    while (closing.getCount() > 0) {
      int at = edge.get();
      boolean cut = follow(edges.get(at % edges.size()));
      openAt = "";
      if (!cut) {
        edge.compareAndSet(at, at + 1);
        pause();
      }
    }
  }

  /** Returns whether it was told to leave; else the edge ended it, or is not there. */
  private boolean follow(String url) {
    try {
      connection.follow(url, () -> onOpen(url));
    } catch (RefusedException e) {
      faults.add(log.name() + ": " + e.getMessage());
    } catch (InterruptedException e) {
      return true;
    } catch (IOException e) {
      return Thread.interrupted();
    }
    return false;
  }

  private void onOpen(String url) {
    if (openAt.isEmpty()) {
      openAt = url;
      opened.incrementAndGet();
    }
  }

  private void pause() {
    try {
      var _ = closing.await(PAUSE_MS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      // It is moved: there is nothing to wait for.
    }
  }

  /** It cuts its connection, whatever is on its way, and goes on at the next edge. */
  void moveOn() {
    edge.incrementAndGet();
    thread.interrupt();
  }

  boolean isOpen() {
    return !openAt.isEmpty();
  }

  /** Whether it is there and knows where it began. */
  boolean isOpenAt(String url) {
    return openAt.equals(url);
  }

  /** How often it was let in. */
  int timesOpened() {
    return opened.get();
  }

  /** Answers that nobody should get. */
  List<String> faults() {
    return faults;
  }

  ClientLog log() {
    return log;
  }

  /** What it follows, and when its events came. */
  RoamingSight sight() {
    return sight;
  }

  @Override
  public void close() {
    closing.countDown();
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
