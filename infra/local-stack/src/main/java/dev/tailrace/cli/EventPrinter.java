package dev.tailrace.cli;

import java.io.PrintWriter;

/**
 * Prints events, one a line, and gaps to where complaints go.
 *
 * <p>Threading: one thread's at a time.
 */
final class EventPrinter {
  private final PrintWriter out;
  private final PrintWriter err;
  private final long most;
  private long printed;

  /**
   * A printer.
   *
   * @param most events to print before it is done; 0 for no limit
   */
  EventPrinter(PrintWriter out, PrintWriter err, long most) {
    this.out = out;
    this.err = err;
    this.most = most;
  }

  void event(String json) {
    if (!isDone()) {
      printed++;
      out.println(json);
      out.flush();
    }
  }

  /** What the edge says beside events: gaps, refused channels. */
  void notice(String what, String json) {
    err.println(what + ": " + json);
    err.flush();
  }

  boolean isDone() {
    return most > 0 && printed >= most;
  }
}
