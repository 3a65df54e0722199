package dev.tailrace.edge.log;

/** Takes entries in order of their offsets. */
@FunctionalInterface
public interface LogVisitor {
  /** Takes the entry and returns true, or leaves it and returns false, which ends the reading. */
  boolean visit(LogEntry entry);
}
