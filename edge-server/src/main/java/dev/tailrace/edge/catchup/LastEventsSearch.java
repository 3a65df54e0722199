package dev.tailrace.edge.catchup;

import dev.tailrace.edge.log.PartitionLog;
import dev.tailrace.schemas.LanePartition;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * One reader's question where the last events of its addresses lie.
 *
 * <p>Threading: handed to and fro, as a {@link CatchUpSession}. {@link #cancel} at any time.
 */
public final class LastEventsSearch {
  private final PartitionLog log;
  private final Set<String> addresses;
  private final int count;
  private final long end;
  private final boolean logOnly;
  private final LongConsumer examined;
  private final Consumer<LastEventsSearch> sink;
  private Map<String, Long> firsts = Map.of();
  private boolean cut;
  private boolean failed;
  private volatile boolean cancelled;

  /**
   * A question.
   *
   * @param log is looked at first, and says where the partition ends
   * @param count how many events of each address
   * @param end they are to lie before this offset; the last one there is for before the present
   * @param logOnly whether Kafka is not to be read for it
   * @param examined hears, on the catch-up thread, of the bytes of records in Kafka that were
   *     looked at for it, whoever else for
   * @param sink called with it on the catch-up thread once it is answered; must not block
   */
  public LastEventsSearch(
      PartitionLog log,
      Set<String> addresses,
      int count,
      long end,
      boolean logOnly,
      LongConsumer examined,
      Consumer<LastEventsSearch> sink) {
    this.log = log;
    this.addresses = addresses;
    this.count = count;
    this.end = end;
    this.logOnly = logOnly;
    this.examined = examined;
    this.sink = sink;
  }

  /**
   * The offset of the first of the last events of each address; where the partition ended, if there
   * was none.
   */
  public Map<String, Long> firsts() {
    return firsts;
  }

  /** Whether an address may have had more of them, further back than is looked for. */
  public boolean isCut() {
    return cut;
  }

  /** Whether Kafka did not answer; it may be asked again. */
  public boolean isFailed() {
    return failed;
  }

  /** Nobody waits for the answer any more. */
  public void cancel() {
    cancelled = true;
  }

  boolean isCancelled() {
    return cancelled;
  }

  /** Those of one place can be answered together. */
  Place place() {
    return new Place(log.partition(), end, logOnly);
  }

  /** The part of a partition that lies before an offset, or what the log has of it. */
  record Place(LanePartition partition, long end, boolean logOnly) {}

  PartitionLog log() {
    return log;
  }

  Set<String> addresses() {
    return addresses;
  }

  int count() {
    return count;
  }

  void answer(Map<String, Long> found, boolean further) {
    firsts = found;
    cut = further;
    failed = false;
    tell();
  }

  void fail() {
    failed = true;
    tell();
  }

  void charge(long bytes) {
    examined.accept(bytes);
  }

  private void tell() {
    if (!cancelled) {
      sink.accept(this);
    }
  }
}
