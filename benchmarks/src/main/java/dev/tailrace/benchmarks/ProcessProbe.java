package dev.tailrace.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What Linux and the JVM say of a process. Nothing, where {@code /proc} is not there or the process
 * has ended.
 *
 * <p>Threading: stateless; blocks for as long as {@code jcmd} takes.
 */
public record ProcessProbe(String name, long pid) {
  private static final Pattern RESIDENT = Pattern.compile("(?m)^VmRSS:\\s+([0-9]+) kB");
  private static final Pattern TOTAL = Pattern.compile("(?m)^Total\\s+[0-9]+\\s+([0-9]+)");
  private static final int LONGEST_WAIT_S = 20;

  /** USER_HZ, what {@code /proc} counts in; fixed at 100 on Linux. */
  private static final long TICK_MS = 10;

  private static final int USER_TIME = 11;
  private static final int SYSTEM_TIME = 12;

  /** Resident memory and processor time so far. */
  public record Use(long residentBytes, long cpuMs) {}

  /** Now. */
  public @Nullable Use use() {
    try {
      Matcher resident = RESIDENT.matcher(Files.readString(proc("status")));
      String stat = Files.readString(proc("stat"));
      // The name in brackets may hold blanks.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      if (!resident.find()) {
        return null;
      }
      return new Use(
          Long.parseLong(resident.group(1)) << 10,
          (Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[SYSTEM_TIME])) * TICK_MS);
    } catch (IOException e) {
      return null;
    }
  }

  private Path proc(String file) {
    return Path.of("/proc", Long.toString(pid), file);
  }

  /**
   * Live bytes on its heap: has it collect first. This process does not ask itself, and nobody asks
   * what is no JVM: jcmd knocks with SIGQUIT, which ends other programs.
   */
  public @Nullable Long heapBytes() {
    if (pid == ProcessHandle.current().pid() || !isJvm()) {
      return null;
    }
    String command = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    String histogram = output(command, Long.toString(pid), "GC.class_histogram");
    Matcher total = TOTAL.matcher(histogram == null ? "" : histogram);
    return total.find() ? Long.valueOf(total.group(1)) : null;
  }

  /** Whether it runs a program called java. */
  boolean isJvm() {
    try {
      return proc("exe").toRealPath().endsWith("java");
    } catch (IOException e) {
      return false;
    }
  }

  /** The options of its JVM: no paths, no logging, nothing that the program was given. */
  public List<String> jvmOptions() {
    List<String> options = new ArrayList<>();
    try {
      for (String argument : Files.readString(proc("cmdline")).split("\0", -1)) {
        if (argument.startsWith("-X") && !argument.contains("/") && !argument.startsWith("-Xlog")) {
          options.add(argument);
        }
      }
    } catch (IOException e) {
      return List.of();
    }
    return options;
  }

  /** What a program prints, or nothing if it fails or takes too long. */
  public static @Nullable String output(String... command) {
    try {
      Path file = Files.createTempFile("tailrace-bench", ".txt");
      try {
        Process process =
            new ProcessBuilder(command)
                .redirectOutput(file.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!process.waitFor(LONGEST_WAIT_S, TimeUnit.SECONDS)) {
          process.destroyForcibly();
          return null;
        }
        return process.exitValue() == 0 ? Files.readString(file) : null;
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }
}
