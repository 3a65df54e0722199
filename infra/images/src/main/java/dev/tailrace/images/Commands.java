package dev.tailrace.images;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Runs other programs to their end.
 *
 * <p>Threading: stateless.
 */
final class Commands {
  private Commands() {}

  /**
   * Returns what it said.
   *
   * @throws ImageException when it did not end with 0
   */
  static String run(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = process.waitFor();
    if (code != 0) {
      throw new ImageException(
          "%s ended with %d: %s".formatted(String.join(" ", command), code, said.strip()));
    }
    return said;
  }
}
