package dev.tailrace.testing.history;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * What one client asked for and saw, in the order in which it saw it, over all its connections. A
 * client that leaves an address and comes back to it without a cursor is another client, with a log
 * of its own.
 *
 * <p>Threading: any thread; what is logged by several has the order in which they did.
 */
public final class ClientLog {
  private final String name;
  private final LongSupplier steps;
  private final List<ClientEntry> entries = new ArrayList<>();
  private final Set<Address> asked = new HashSet<>();
  private final Set<Address> begun = new HashSet<>();
  private final List<ToldGap> gaps = new ArrayList<>();
  private long seen;

  ClientLog(String name, LongSupplier steps) {
    this.name = name;
    this.steps = steps;
  }

  /** Its name in findings. */
  public String name() {
    return name;
  }

  /**
   * It is about to follow these: what comes of them from now on is for it. {@code $broadcast},
   * which comes without being asked for, belongs here too.
   */
  public synchronized void asked(Address... addresses) {
    for (Address address : addresses) {
      if (!asked.add(address)) {
        throw new IllegalStateException(name + " has asked for " + address + " before");
      }
      entries.add(new ClientEntry.Asked(steps.getAsLong(), address));
    }
  }

  /**
   * It knows its starting cursor at this address: whatever is sent from now on has to come. A later
   * connection that goes on from a cursor changes nothing.
   */
  public synchronized void began(Address address) {
    if (begun.add(address)) {
      entries.add(new ClientEntry.Began(steps.getAsLong(), address));
    }
  }

  /** It follows this no longer, and will not again: nothing more has to come, or may. */
  public synchronized void left(Address address) {
    entries.add(new ClientEntry.Left(steps.getAsLong(), address));
  }

  /** An event came. */
  public synchronized void saw(Address address, String id) {
    entries.add(new ClientEntry.Saw(steps.getAsLong(), address, id));
    seen++;
  }

  /** A gap was told. */
  public synchronized void told(ToldGap gap) {
    entries.add(new ClientEntry.Told(steps.getAsLong(), gap));
    gaps.add(gap);
  }

  /** How many events came so far. */
  public synchronized long seen() {
    return seen;
  }

  /** The gaps told so far. */
  public synchronized List<ToldGap> gaps() {
    return List.copyOf(gaps);
  }

  synchronized List<ClientEntry> entries() {
    return List.copyOf(entries);
  }
}
