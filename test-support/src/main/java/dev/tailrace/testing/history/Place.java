package dev.tailrace.testing.history;

/**
 * Where Kafka put an event. Events of one source are in the order of their offsets; between sources
 * there is none.
 *
 * @param source an ingress partition, by any name
 */
public record Place(String source, long offset) {
  @Override
  public String toString() {
    return source + "@" + offset;
  }
}
