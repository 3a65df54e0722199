package dev.tailrace.edge.connection;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.tailrace.edge.agent.EdgeClock;
import dev.tailrace.edge.limit.Networks;
import dev.tailrace.edge.limit.RateLimiter;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many connections this edge may hold, all delivery agents together, and how many of them may
 * be of one network address and of one user. A connection counts from before anything is done for
 * it until its socket, or its request, is really over: also while nobody has said whose it is, and
 * while it is being ended.
 *
 * <p>What is counted of an address or a user is kept as long as it has a connection.
 *
 * <p>Threading: any thread; the lock is held for a count only.
 */
public final class ConnectionAdmission {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectionAdmission.class);
  private static final int MAX_RATED_NETWORKS = 1 << 16;

  private final int max;
  private final ConnectionLimits limits;
  private final Predicate<InetAddress> exempt;
  private final BiConsumer<Transport.Kind, AdmissionLimit> onRefused;
  private final RateLimiter<String> connects;
  private final Lock lock = new ReentrantLock();
  private final Condition none = lock.newCondition();
  private final List<Runnable> closers = new CopyOnWriteArrayList<>();
  private final AtomicBoolean warned = new AtomicBoolean();

  @GuardedBy("lock")
  private final Map<String, Integer> byNetwork = new HashMap<>();

  @GuardedBy("lock")
  private final Map<String, Integer> byUser = new HashMap<>();

  @GuardedBy("lock")
  private int held;

  @GuardedBy("lock")
  private boolean closed;

  /**
   * Admits so many at a time.
   *
   * @param exempt addresses that the limits of addresses are not for
   * @param onRefused hears of each that is not admitted
   */
  public ConnectionAdmission(
      int max,
      ConnectionLimits limits,
      Predicate<InetAddress> exempt,
      EdgeClock clock,
      BiConsumer<Transport.Kind, AdmissionLimit> onRefused) {
    this.max = max;
    this.limits = limits;
    this.exempt = exempt;
    this.onRefused = onRefused;
    this.connects =
        new RateLimiter<>(
            limits.connectRate(),
            limits.connectRate() * ConnectionLimits.BURST_SECONDS,
            MAX_RATED_NETWORKS,
            clock);
  }

  /**
   * Before anything else is done for one that opens a stream or a WebSocket: whether its address
   * may yet open one.
   *
   * @param address null when it is not known
   * @throws NotAdmittedException when it opened too many of late
   */
  public void checkRate(Transport.Kind kind, @Nullable InetAddress address)
      throws NotAdmittedException {
    String network = limitedNetwork(address);
    if (network != null && !connects.take(network).isZero()) {
      throw refused(kind, AdmissionLimit.RATE, address);
    }
  }

  /**
   * Makes room for one more.
   *
   * @param address null when it is not known
   * @param user null when nobody has said whose it is, or it is nobody's
   * @return to be closed when it is over
   * @throws NotAdmittedException when there is none
   */
  public Lease admit(Transport.Kind kind, @Nullable InetAddress address, @Nullable String user)
      throws NotAdmittedException {
    String network = limits.perAddress() > 0 ? limitedNetwork(address) : null;
    String limited = limits.perUser() > 0 ? user : null;
    AdmissionLimit reached = takeOne(network, limited);
    if (reached != null) {
      throw refused(kind, reached, address);
    }
    return new Lease(kind, network, limited);
  }

  /** Null when the limits of addresses are not for this one. */
  private @Nullable String limitedNetwork(@Nullable InetAddress address) {
    return address == null || exempt.test(address) ? null : Networks.of(address);
  }

  private @Nullable AdmissionLimit takeOne(@Nullable String network, @Nullable String user) {
    lock.lock();
    try {
      if (closed || held >= max) {
        return AdmissionLimit.EDGE;
      }
      if (network != null && byNetwork.getOrDefault(network, 0) >= limits.perAddress()) {
        return AdmissionLimit.ADDRESS;
      }
      if (user != null && byUser.getOrDefault(user, 0) >= limits.perUser()) {
        return AdmissionLimit.USER;
      }
      held++;
      add(byNetwork, network);
      add(byUser, user);
      return null;
    } finally {
      lock.unlock();
    }
  }

  private static void add(Map<String, Integer> counts, @Nullable String key) {
    if (key != null) {
      counts.merge(key, 1, Integer::sum);
    }
  }

  private static void remove(Map<String, Integer> counts, @Nullable String key) {
    if (key != null) {
      counts.computeIfPresent(key, (any, count) -> count == 1 ? null : count - 1);
    }
  }

  private NotAdmittedException refused(
      Transport.Kind kind, AdmissionLimit reached, @Nullable InetAddress address) {
    onRefused.accept(kind, reached);
    boolean ofAddress = reached == AdmissionLimit.ADDRESS || reached == AdmissionLimit.RATE;
    if (ofAddress && address != null && warned.compareAndSet(false, true)) {
      LOG.warn(
          "{} has, or opens, more connections than one address may ({}, {}): more are told to wait,"
              + " and this is not logged again. If it is a proxy of yours, name it in edge.proxies",
          address.getHostAddress(),
          ConnectionLimits.PER_ADDRESS.key(),
          ConnectionLimits.CONNECT_RATE.key());
    }
    return new NotAdmittedException(reached);
  }

  /**
   * The place of one that was admitted.
   *
   * <p>Threading: any thread.
   */
  public final class Lease implements AutoCloseable {
    private final Transport.Kind kind;
    private final @Nullable String network;

    @GuardedBy("lock")
    private @Nullable String user;

    @GuardedBy("lock")
    private boolean over;

    private Lease(Transport.Kind kind, @Nullable String network, @Nullable String user) {
      this.kind = kind;
      this.network = network;
      this.user = user;
    }

    /**
     * It has turned out whose it is; to be called once, of one that was nobody's.
     *
     * @throws NotAdmittedException when that user has as many as he may
     */
    public void assign(@Nullable String owner) throws NotAdmittedException {
      if (limits.perUser() > 0 && owner != null && !takeUser(owner)) {
        throw refused(kind, AdmissionLimit.USER, null);
      }
    }

    private boolean takeUser(String owner) {
      lock.lock();
      try {
        if (byUser.getOrDefault(owner, 0) >= limits.perUser()) {
          return false;
        }
        if (!over) {
          user = owner;
          add(byUser, owner);
        }
        return true;
      } finally {
        lock.unlock();
      }
    }

    /** It is over. May be called again. */
    @Override
    public void close() {
      lock.lock();
      try {
        if (over) {
          return;
        }
        over = true;
        remove(byNetwork, network);
        remove(byUser, user);
        held--;
        if (held == 0) {
          none.signalAll();
        }
      } finally {
        lock.unlock();
      }
    }
  }

  /** How many are held. */
  public int held() {
    lock.lock();
    try {
      return held;
    } finally {
      lock.unlock();
    }
  }

  /** Of how many addresses and users something is kept. */
  int counted() {
    lock.lock();
    try {
      return byNetwork.size() + byUser.size();
    } finally {
      lock.unlock();
    }
  }

  /** Names somebody who ends, at {@link #close}, connections that no delivery agent knows yet. */
  public void onClose(Runnable closer) {
    closers.add(closer);
  }

  /** Admits nobody from now on. */
  public void close() {
    lock.lock();
    try {
      closed = true;
    } finally {
      lock.unlock();
    }
    closers.forEach(Runnable::run);
  }

  /**
   * Waits until none is held.
   *
   * @return whether that came about within this time
   */
  public boolean awaitNone(Duration atMost) throws InterruptedException {
    long leftNs = atMost.toNanos();
    lock.lock();
    try {
      while (held > 0) {
        if (leftNs <= 0) {
          return false;
        }
        leftNs = none.awaitNanos(leftNs);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }
}
