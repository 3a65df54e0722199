package dev.tailrace.system;

import java.io.IOException;

/**
 * How a {@link RoamingClient} follows: one connection after the other, each from where the last one
 * ended.
 *
 * <p>Threading: the client's own thread; an interrupt cuts the connection.
 */
interface RoamingConnection {
  /**
   * Follows at this edge. Returns when the edge ends the connection; fails when there is none, it
   * breaks, or the thread is interrupted.
   *
   * @param open runs when the edge has told where the connection begins
   */
  void follow(String baseUrl, Runnable open) throws IOException, InterruptedException;
}
