package dev.tailrace.cli;

import dev.tailrace.cli.console.Cells;
import java.io.PrintWriter;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Prints events, one a line, and gaps to where complaints go.
 *
 * <p>Threading: one thread's at a time.
 */
final class EventPrinter {
  private final PrintWriter out;
  private final PrintWriter err;
  private final OutputOption.Format format;
  private final long most;
  private long printed;

  /**
   * A printer.
   *
   * @param most events to print before it is done; 0 for no limit
   */
  EventPrinter(PrintWriter out, PrintWriter err, OutputOption.Format format, long most) {
    this.out = out;
    this.err = err;
    this.format = format;
    this.most = most;
  }

  void event(String json) {
    if (!isDone()) {
      printed++;
      out.println(format == OutputOption.Format.json ? JsonLine.ascii(json) : line(json));
      out.flush();
    }
  }

  /** For people; what no event may be is shown as it came. */
  private static String line(String json) {
    JsonNode event;
    try {
      event = JsonLine.read(json);
    } catch (JacksonException e) {
      return Cells.shown(json);
    }
    JsonNode data = event.path("data");
    return "%s  %s  %s  %s"
        .formatted(
            Cells.shown(event.path("time").asString("-")),
            Cells.shown(event.path("channel").asString("(personal)")),
            Cells.shown(event.path("type").asString("-")),
            Cells.shown(data.isString() ? data.asString() : data.toString()));
  }

  /** What the edge says beside events: gaps, refused channels. */
  void notice(String what, String json) {
    err.println(what + ": " + Cells.shown(json));
    err.flush();
  }

  boolean isDone() {
    return most > 0 && printed >= most;
  }
}
