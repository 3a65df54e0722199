package dev.tailrace.edge.delivery;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Readers whose chunk Kafka did not give: it is asked for again after a while.
 *
 * <p>Threading: the delivery agent.
 */
final class FailedReads {
  private static final long RETRY_MS = 500;

  private final ReaderPositions positions;
  private final PartitionFollows follows;
  private final List<LaneReader> readers = new ArrayList<>();
  private long retryAtMs;

  FailedReads(ReaderPositions positions, PartitionFollows follows) {
    this.positions = positions;
    this.follows = follows;
  }

  /** One more. */
  void add(LaneReader reader) {
    readers.add(reader);
  }

  /**
   * Asks for all of them again, if it is time.
   *
   * @param onRetried hears whose they are: a read may have been given up, which is to be told
   */
  void retry(long nowMs, Consumer<Connection> onRetried) {
    if (readers.isEmpty() || nowMs < retryAtMs) {
      return;
    }
    retryAtMs = nowMs + RETRY_MS;
    List<LaneReader> again = List.copyOf(readers);
    readers.clear();
    for (LaneReader reader : again) {
      positions.retryChunk(reader, follows.log(reader.partition()));
      onRetried.accept(reader.connection());
    }
  }
}
