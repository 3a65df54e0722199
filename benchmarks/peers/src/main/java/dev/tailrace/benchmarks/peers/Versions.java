package dev.tailrace.benchmarks.peers;

import dev.tailrace.benchmarks.ProcessProbe;

/**
 * What programs say of themselves.
 *
 * <p>Threading: stateless.
 */
final class Versions {
  private Versions() {}

  /** The first line that a command prints, whichever way. */
  static String of(String... command) {
    String said = ProcessProbe.output("sh", "-c", String.join(" ", command) + " 2>&1");
    return said == null ? "unknown" : said.lines().findFirst().orElse("unknown");
  }
}
