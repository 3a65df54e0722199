package dev.tailrace.edge.catchup;

import dev.tailrace.edge.agent.EdgeClock;
import dev.tailrace.edge.limit.Networks;
import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * How much of Kafka is read for whom: a share for each user and for each network address, that
 * comes back evenly over an hour. What several are read for at once is charged to each of them in
 * full, as if each had been alone, so that it does not matter who else is there.
 *
 * <p>A share may be overdrawn by what one chunk takes to read. What is kept of those whose share
 * has come back is let go.
 *
 * <p>Threading: any thread.
 */
public final class CatchUpAllowance {
  private static final double HOUR_MS = 3_600_000;
  private static final int CHARGES_PER_CLEANING = 1_024;

  private final CatchUpConfig config;
  private final EdgeClock clock;
  private final ConcurrentHashMap<Payer, Used> used = new ConcurrentHashMap<>();
  private int chargesToCleaning = CHARGES_PER_CLEANING;

  private record Used(double bytes, long atMs) {}

  /** Whom something is charged to. */
  private sealed interface Payer {
    record User(String name) implements Payer {}

    record Network(String bytes) implements Payer {}
  }

  /**
   * Whom a client's catch-up is charged to.
   *
   * @param user null when anonymous
   * @param network null for the machine's own, which is not counted
   */
  public record Holder(@Nullable String user, @Nullable String network) {}

  /** The network of an address; null for the machine's own. */
  public static @Nullable String network(@Nullable InetAddress address) {
    if (address == null || address.isLoopbackAddress()) {
      return null;
    }
    return Networks.of(address);
  }

  /** Nothing is used yet. */
  public CatchUpAllowance(CatchUpConfig config, EdgeClock clock) {
    this.config = config;
    this.clock = clock;
  }

  /** Whether more may be read. */
  public boolean hasLeft(Holder holder) {
    return hasLeft(user(holder), config.userBytes())
        && hasLeft(network(holder), config.addressBytes());
  }

  private boolean hasLeft(@Nullable Payer payer, long share) {
    Used before = payer == null ? null : used.get(payer);
    return before == null || usedNow(before, share) < share;
  }

  /** So many bytes were read for it. */
  public void charge(Holder holder, long bytes) {
    if (bytes > 0) {
      charge(user(holder), config.userBytes(), bytes);
      charge(network(holder), config.addressBytes(), bytes);
      clean();
    }
  }

  private void charge(@Nullable Payer payer, long share, long bytes) {
    if (payer != null) {
      used.compute(
          payer,
          (any, before) ->
              new Used(bytes + (before == null ? 0 : usedNow(before, share)), clock.monotonicMs()));
    }
  }

  private double usedNow(Used before, long share) {
    double back = share * ((clock.monotonicMs() - before.atMs()) / HOUR_MS);
    return Math.max(0, before.bytes() - back);
  }

  private synchronized void clean() {
    chargesToCleaning--;
    if (chargesToCleaning == 0) {
      chargesToCleaning = CHARGES_PER_CLEANING;
      used.entrySet().removeIf(entry -> usedNow(entry.getValue(), share(entry.getKey())) == 0);
    }
  }

  private long share(Payer payer) {
    return payer instanceof Payer.User ? config.userBytes() : config.addressBytes();
  }

  private static @Nullable Payer user(Holder holder) {
    return holder.user() == null ? null : new Payer.User(holder.user());
  }

  private static @Nullable Payer network(Holder holder) {
    return holder.network() == null ? null : new Payer.Network(holder.network());
  }

  /** How many users and networks have not all of their share. */
  int size() {
    return used.size();
  }
}
