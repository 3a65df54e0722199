package dev.tailrace.cli;

import dev.tailrace.cli.console.Cells;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;

/**
 * A client's side of one transport.
 *
 * <p>Threading: one thread's.
 */
interface EdgeReader {
  /**
   * Reads one connection to its end, beginning where the one before ended.
   *
   * @return how long the edge asks to wait before the next
   * @throws IOException when there is no connection or it breaks
   * @throws CommandException when the edge refuses and would again
   */
  Duration read() throws IOException, InterruptedException;

  /** Where to go on from; any thread may ask. Empty when nothing is known. */
  String cursor();

  /** Tells what may be tried again from what may not. */
  static void requireOk(HttpResponse<?> response, String body) throws IOException {
    int status = response.statusCode();
    if (status == 200) {
      return;
    }
    String text = Cells.shown(body.strip().replaceAll("\\s*\\R\\s*", " "));
    String what = "the edge answers %d %s".formatted(status, text).strip();
    if (status >= 500 || status == 429) {
      throw new IOException(what);
    }
    throw CommandException.failed(what);
  }
}
