package dev.tailrace.system;

import dev.tailrace.testing.history.Address;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * When the events of a client came, address by address.
 *
 * <p>Threading: any thread.
 */
final class Sightings {
  /** Moments that only rise. */
  private static final class Moments {
    private long[] ns = new long[256];
    private int count;

    void add(long now) {
      if (count == ns.length) {
        ns = Arrays.copyOf(ns, 2 * count);
      }
      ns[count++] = now;
    }

    LongStream stream() {
      return Arrays.stream(ns, 0, count);
    }

    /** The longest time without one from one moment to another. */
    long longestSilence(long from, long to) {
      long longest = 0;
      long before = from;
      for (int i = 0; i < count; i++) {
        if (ns[i] - before > 0) {
          long until = ns[i] - to < 0 ? ns[i] : to;
          longest = Math.max(longest, until - before);
          before = until;
        }
      }
      return Math.max(longest, to - before);
    }

    int since(long from) {
      int since = 0;
      while (since < count && ns[count - 1 - since] - from > 0) {
        since++;
      }
      return since;
    }
  }

  private final LongSupplier clock;
  private final Map<Address, Moments> moments = new HashMap<>();

  Sightings() {
    this(System::nanoTime);
  }

  Sightings(LongSupplier clock) {
    this.clock = clock;
  }

  /** One came. */
  synchronized void saw(Address address) {
    moments.computeIfAbsent(address, a -> new Moments()).add(clock.getAsLong());
  }

  /** The longest time in which none came at one of these addresses, between two moments. */
  synchronized long longestSilence(Stream<Address> addresses, long fromNs, long toNs) {
    return addresses.mapToLong(a -> at(a).longestSilence(fromNs, toNs)).max().orElse(0);
  }

  /** The fewest that came at one of these addresses since that moment. */
  synchronized int fewestSince(Stream<Address> addresses, long fromNs) {
    return addresses.mapToInt(address -> at(address).since(fromNs)).min().orElse(0);
  }

  private Moments at(Address address) {
    return moments.getOrDefault(address, new Moments());
  }

  /** All moments, of all addresses, in no order. */
  synchronized long[] moments() {
    return moments.values().stream().flatMapToLong(Moments::stream).toArray();
  }
}
