package dev.tailrace.dispatcher.routing;

import java.util.Comparator;

/**
 * The part of a source stamp that rises: readers drop a delivery whose stamp is not above the
 * highest seen of its source.
 *
 * @param subIndex place of the record's first address in the event, after duplicates are removed,
 *     users before channels
 */
public record Stamp(long offset, int subIndex) implements Comparable<Stamp> {
  private static final Comparator<Stamp> ORDER =
      Comparator.comparingLong(Stamp::offset).thenComparingInt(Stamp::subIndex);

  /** The highest that the event at this offset can have: no delivery of it lies above. */
  public static Stamp last(long offset) {
    return new Stamp(offset, Integer.MAX_VALUE);
  }

  @Override
  public int compareTo(Stamp other) {
    return ORDER.compare(this, other);
  }
}
