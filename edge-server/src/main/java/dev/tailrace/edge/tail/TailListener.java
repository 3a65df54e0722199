package dev.tailrace.edge.tail;

/** Hears what a tail read, for metrics. Called on the tail's thread; must not block. */
public interface TailListener {
  /**
   * After each poll of a partition.
   *
   * @param records read
   * @param kept of those, the deliveries that were new
   * @param bytes of the records read
   */
  void onRead(int records, int kept, long bytes);
}
