package dev.tailrace.edge.tail;

/** Hears what a tail does, for metrics. Called on the tail's thread; must not block. */
public interface TailListener {
  /**
   * After each poll of a partition.
   *
   * @param records read
   * @param kept of those, the deliveries that were new
   * @param repeated of those, the repetitions
   * @param bytes of the records read
   */
  void onRead(int records, int kept, int repeated, long bytes);

  /** So many records could not be read, or were no deliveries: what they held is lost. */
  void onUnreadable(int records);

  /** So many more of the deliveries kept were for somebody here. */
  void onWanted(int deliveries);

  /** A partition is followed now. */
  void onFollowed();

  /** A partition is no longer followed. */
  void onUnfollowed();
}
