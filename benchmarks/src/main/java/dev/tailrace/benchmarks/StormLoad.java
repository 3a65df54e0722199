package dev.tailrace.benchmarks;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntUnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * An even load on clients that come back, whatever becomes of their edges meanwhile.
 *
 * <p>Threading: the caller's; publishes on a thread of its own.
 */
public final class StormLoad implements AutoCloseable {
  private static final long LEAD_NS = TimeUnit.MILLISECONDS.toNanos(50);

  private final LoadPlan plan;
  private final LoadPublisher publisher;
  private final Published published;
  private final int run = RandomGenerator.getDefault().nextInt(1 << 15);
  private final ResumingClients clients;
  private @Nullable Pacer pacer;
  private @Nullable Thread publishing;

  /**
   * Clients of these edges; nothing is opened yet.
   *
   * @param spread whether they begin at all of them; else at the first
   */
  public StormLoad(
      List<InetSocketAddress> edges,
      boolean spread,
      LoadPlan plan,
      Duration longestDelay,
      LoadPublisher publisher) {
    this(edges, i -> spread ? i : 0, plan, longestDelay, publisher);
  }

  /**
   * Clients of these edges; nothing is opened yet.
   *
   * @param firstEdge where a connection begins, by its number
   */
  public StormLoad(
      List<InetSocketAddress> edges,
      IntUnaryOperator firstEdge,
      LoadPlan plan,
      Duration longestDelay,
      LoadPublisher publisher) {
    this.plan = plan;
    this.publisher = publisher;
    published = new Published(plan.addresses());
    clients = new ResumingClients(edges, firstEdge, plan, longestDelay, published, run);
  }

  /** The clients. */
  public ResumingClients clients() {
    return clients;
  }

  /** Publishes at the plan's rate from now on. */
  public void publish() {
    Pacer next = new Pacer(publisher, published, plan, run, System::nanoTime);
    long startNs = System.nanoTime() + LEAD_NS;
    pacer = next;
    publishing =
        Thread.ofPlatform()
            .daemon()
            .name("load-publisher")
            .start(() -> next.publish(startNs, Long.MAX_VALUE, plan.rate()));
  }

  /** Publishes no more. */
  public void stopPublishing() {
    if (pacer == null || publishing == null) {
      return;
    }
    pacer.stop();
    try {
      publishing.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    pacer = null;
    publishing = null;
  }

  /** How many events were published so far. */
  public long events() {
    long sum = 0;
    for (int address = 0; address < plan.addresses(); address++) {
      sum += published.of(address);
    }
    return sum;
  }

  @Override
  public void close() {
    stopPublishing();
    clients.close();
  }
}
