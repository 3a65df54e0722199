package dev.tailrace.edge.connection;

/** Gives a connection's whole cursor as of the moment it is asked. */
@FunctionalInterface
public interface CursorSource {
  /** The text, ASCII only; good until the next call, so it is to be copied at once. */
  CharSequence get();
}
