package dev.tailrace.dispatcher.pump;

/**
 * How far a source partition's start has come.
 *
 * <pre>
 * ASSIGNED -> READING_BACK -> RUNNING
 *                   \-> TELLING_GAP -/
 * </pre>
 */
public enum SourceState {
  /** Gained; its commit is not known yet. */
  ASSIGNED,
  /** The lanes are read for copies that are there already. */
  READING_BACK,
  /** Retention was faster: the gap record has to be acknowledged in every lane partition first. */
  TELLING_GAP,
  /** Events are read and copied. */
  RUNNING
}
