package dev.tailrace.edge.agent;

import java.time.Instant;
import java.time.InstantSource;

/**
 * The edge's two clocks: the wall clock, for what is written in records and tokens, and one that
 * never jumps, for deadlines.
 *
 * <p>Threading: any thread.
 */
public interface EdgeClock extends InstantSource {
  /** The machine's clocks. */
  EdgeClock SYSTEM =
      new EdgeClock() {
        @Override
        public Instant instant() {
          return Instant.now();
        }

        @Override
        public long millis() {
          return System.currentTimeMillis();
        }

        @Override
        public long monotonicMs() {
          return System.nanoTime() / 1_000_000;
        }
      };

  /** Milliseconds from an arbitrary origin; only differences mean something. */
  long monotonicMs();
}
