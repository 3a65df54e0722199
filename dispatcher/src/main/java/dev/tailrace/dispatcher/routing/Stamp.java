package dev.tailrace.dispatcher.routing;

/**
 * The part of a source stamp that rises: readers drop a delivery whose stamp is not above the
 * highest seen of its source.
 *
 * @param subIndex place of the record's first address in the event, after duplicates are removed,
 *     users before channels
 */
public record Stamp(long offset, int subIndex) implements Comparable<Stamp> {
  /** The highest that the event at this offset can have: no delivery of it lies above. */
  public static Stamp last(long offset) {
    return new Stamp(offset, Integer.MAX_VALUE);
  }

  @Override
  public int compareTo(Stamp other) {
    int byOffset = Long.compare(offset, other.offset);
    return byOffset == 0 ? Integer.compare(subIndex, other.subIndex) : byOffset;
  }
}
