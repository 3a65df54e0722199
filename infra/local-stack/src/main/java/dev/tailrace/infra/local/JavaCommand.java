package dev.tailrace.infra.local;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How to start another JVM like this one: same java, same class path, same main class.
 *
 * <p>Threading: immutable.
 */
final class JavaCommand {
  private static final List<String> FLAGS =
      List.of(
          "-XX:+UseCompactObjectHeaders",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "-XX:+ExitOnOutOfMemoryError",
          "-Xmx512m");

  /**
   * SIGINT from a terminal goes to the whole process group. Children ignore it, as a JVM does when
   * it was ignored before its start, so that the supervisor can end them in order.
   */
  private static final List<String> IGNORING_INTERRUPTS =
      List.of("sh", "-c", "trap '' INT; exec \"$@\"", "sh");

  private JavaCommand() {}

  static List<String> of(String mainClass, String part, List<String> arguments) {
    List<String> command = new ArrayList<>(IGNORING_INTERRUPTS);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(FLAGS);
    if (part.equals("broker")) {
      // One that is under no load is started sooner by the quick compiler alone.
      command.add("-XX:TieredStopAtLevel=1");
    }
    command.add("-D" + StopSignal.END_OF_INPUT + "=true");
    command.add("-Dtailrace.log.level=INFO");
    command.add("-Dtailrace.log.kafka.level=WARN");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(mainClass);
    command.add(part);
    command.addAll(arguments);
    return command;
  }
}
