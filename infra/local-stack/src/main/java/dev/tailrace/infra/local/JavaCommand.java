package dev.tailrace.infra.local;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How to start another JVM like this one: same java, same class path, same main class.
 *
 * <p>Threading: immutable.
 */
final class JavaCommand {
  /** System property: folder of the class data archives that quicken a start. */
  static final String ARCHIVES = "tailrace.archives";

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
    @Nullable String archives = System.getProperty(ARCHIVES);
    if (archives != null) {
      command.add("-XX:SharedArchiveFile=" + Path.of(archives, part + ".jsa"));
      command.add("-Xlog:disable");
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
