package dev.tailrace.edge.catchup;

/** Hears what catch-up costs, for metrics. Called on the catch-up thread; must not block. */
public interface CatchUpListener {
  /** A lap has begun. */
  void onLap();

  /** So many bytes of records were read from Kafka. */
  void onScanned(long bytes);

  /** A reader was given so many bytes of records. */
  void onGiven(long bytes);
}
