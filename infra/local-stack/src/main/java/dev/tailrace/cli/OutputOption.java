package dev.tailrace.cli;

import picocli.CommandLine.Option;

/**
 * How a command prints its data: for people, or for scripts.
 *
 * <p>Threading: the main thread's.
 */
final class OutputOption {
  /** The names are those of the option. */
  enum Format {
    text,
    json
  }

  @Option(
      names = "--output",
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  private Format format = Format.text;

  boolean isJson() {
    return format == Format.json;
  }
}
