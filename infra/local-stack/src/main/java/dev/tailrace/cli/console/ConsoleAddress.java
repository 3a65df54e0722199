package dev.tailrace.cli.console;

import java.net.URI;

/**
 * Where an edge's console is, and what opens it.
 *
 * <p>Threading: immutable.
 *
 * @param edge the operator port, such as {@code http://127.0.0.1:8090}
 * @param token empty when there is none
 */
public record ConsoleAddress(URI edge, String token) {
  /** Whether this is an address of HTTP. */
  public static boolean isUsable(URI edge) {
    return edge.getHost() != null
        && edge.getScheme() != null
        && edge.getScheme().matches("https?")
        && edge.getRawQuery() == null
        && edge.getRawFragment() == null;
  }

  /** Below the console's path. */
  URI http(String path) {
    return URI.create(base() + "/console/" + path);
  }

  /** The live feed. */
  URI live() {
    return URI.create(base().replaceFirst("^http", "ws") + "/console/live");
  }

  private String base() {
    return edge.toString().replaceFirst("/+$", "");
  }

  /** As a message names it. */
  public String shown() {
    return Cells.shown(edge.toString());
  }
}
