package dev.tailrace.benchmarks;

/**
 * Where the events of a load go in.
 *
 * <p>Threading: one thread publishes; {@link #failures} is anybody's.
 */
public interface LoadPublisher extends AutoCloseable {
  /** Publishes one event with this stamp. May wait when the server does not take it yet. */
  void publish(int address, long sequence, long dueNs);

  /** Nothing more is due at the moment: what was held back, to be sent with others, goes out. */
  default void flush() {}

  /** How many events were not taken. */
  long failures();

  @Override
  void close();
}
