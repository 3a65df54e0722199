package dev.tailrace.benchmarks.peers;

import java.util.List;

/**
 * What {@code tailrace dev} gives the JVM of an edge when it is to be measured.
 *
 * <p>Threading: constants.
 */
final class JvmOptions {
  /** The same as JavaCommand of the local stack has. */
  static final List<String> EDGE =
      List.of(
          "-XX:+UseCompactObjectHeaders",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "-XX:+ExitOnOutOfMemoryError",
          "-XX:+UseG1GC",
          "-XX:MaxGCPauseMillis=10",
          "-Xmx512m");

  private JvmOptions() {}
}
