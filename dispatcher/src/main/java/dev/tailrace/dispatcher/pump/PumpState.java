package dev.tailrace.dispatcher.pump;

/** What a pump is doing. Only a {@link #RUNNING} one is ready. */
public enum PumpState {
  /** Waits for the group to give it partitions, or for Kafka. */
  JOINING,
  /** Some of its source partitions are still reading back. */
  STARTING_SOURCES,
  /** All of its source partitions are served. */
  RUNNING,
  /** Waits before it starts again from its commit. */
  RESTARTING,
  /** The lanes refuse what it writes as too old or too new although it was just read. */
  CLOCK_REFUSED,
  /** Ended. */
  STOPPED
}
