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

  /** The launcher's for an edge: what stops it delays everybody (ADR 20). */
  private static final List<String> SHORT_STOPS =
      List.of("-XX:+UseG1GC", "-XX:MaxGCPauseMillis=10");

  /** What the quick compiler alone makes is ready at once, and slower under load. */
  private static final List<String> QUICK_START =
      List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

  /**
   * SIGINT from a terminal goes to the whole process group. Children ignore it, as a JVM does when
   * it was ignored before its start, so that the supervisor can end them in order.
   */
  private static final List<String> IGNORING_INTERRUPTS =
      List.of("sh", "-c", "trap '' INT; exec \"$@\"", "sh");

  private JavaCommand() {}

  /**
   * The command line.
   *
   * @param quickStart for a JVM that starts sooner and is slower under load
   */
  static List<String> of(
      String mainClass, String part, List<String> arguments, boolean quickStart) {
    String classPath = System.getProperty("java.class.path");
    List<String> command = new ArrayList<>(IGNORING_INTERRUPTS);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(FLAGS);
    if (quickStart) {
      command.addAll(QUICK_START);
    } else if (part.equals("edge")) {
      command.addAll(SHORT_STOPS);
    }
    command.addAll(classArchive(classPath));
    command.add("-D" + StopSignal.END_OF_INPUT + "=true");
    command.add("-Dtailrace.log.level=INFO");
    command.add("-Dtailrace.log.kafka.level=WARN");
    command.add("-cp");
    command.add(classPath);
    command.add(mainClass);
    command.add(part);
    command.addAll(arguments);
    return command;
  }

  /**
   * The classes that the build has archived beside the jar. A JVM that cannot use them, or finds
   * none, loads its classes from the jars and is to say nothing of it.
   */
  private static List<String> classArchive(String classPath) {
    return List.of(
        "-XX:SharedArchiveFile=" + Path.of(classPath).resolveSibling("tailrace.jsa"),
        "-Xlog:cds*=off,aot*=off");
  }
}
