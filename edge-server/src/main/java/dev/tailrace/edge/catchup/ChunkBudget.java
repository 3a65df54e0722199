package dev.tailrace.edge.catchup;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds what was read from Kafka for clients and not yet written to them. While it is used up no
 * lap begins: those who wait gather, so that one lap serves more of them, and whoever writes has
 * time to.
 *
 * <p>Threading: any thread.
 */
final class ChunkBudget {
  private final long maxBytes;
  private final Runnable onRoom;
  private final AtomicLong used = new AtomicLong();

  /**
   * A budget that nothing was taken from.
   *
   * @param maxBytes what laps may begin below; those under way go beyond it by what they may hold
   * @param onRoom hears that they may again
   */
  ChunkBudget(long maxBytes, Runnable onRoom) {
    this.maxBytes = maxBytes;
    this.onRoom = onRoom;
  }

  /** Whether a lap may begin. */
  boolean hasRoom() {
    return used.get() < maxBytes;
  }

  void take(long bytes) {
    used.addAndGet(bytes);
  }

  void giveBack(long bytes) {
    long left = used.addAndGet(-bytes);
    if (left < maxBytes && left + bytes >= maxBytes) {
      onRoom.run();
    }
  }

  /** Bytes that are taken. */
  long used() {
    return used.get();
  }
}
