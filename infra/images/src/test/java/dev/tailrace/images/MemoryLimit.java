package dev.tailrace.images;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;

/**
 * So much memory for what is run in it, by the kernel's control groups of either version, as an
 * engine limits a container.
 *
 * <p>Threading: one test thread.
 */
final class MemoryLimit implements AutoCloseable {
  private static final Path GROUPS = Path.of("/sys/fs/cgroup");
  private static final Path FIRST_VERSION = GROUPS.resolve("memory");
  private static final AtomicInteger MADE = new AtomicInteger();

  private final Path group;
  private final boolean first;

  private MemoryLimit(Path group, boolean first) {
    this.group = group;
    this.first = first;
  }

  /** Makes a group with this limit; skips the test where none can be made. */
  static MemoryLimit of(long bytes) {
    boolean first = Files.isDirectory(FIRST_VERSION);
    Path group =
        (first ? FIRST_VERSION : GROUPS)
            .resolve("tailrace-%d-%d".formatted(ProcessHandle.current().pid(), MADE.get()));
    MADE.incrementAndGet();
    MemoryLimit limit = new MemoryLimit(group, first);
    try {
      Files.createDirectory(group);
      Files.writeString(
          group.resolve(first ? "memory.limit_in_bytes" : "memory.max"), String.valueOf(bytes));
    } catch (IOException e) {
      limit.close();
      Assumptions.abort("a limit of memory needs control groups: " + e);
    }
    return limit;
  }

  /** What a command begins with that is to run in it. */
  List<String> command() {
    return List.of("sh", "-c", "echo $$ > \"$0/cgroup.procs\" && exec \"$@\"", group.toString());
  }

  /** How often the kernel has killed a process of it for want of memory. */
  long kills() throws IOException {
    Path events = group.resolve(first ? "memory.oom_control" : "memory.events");
    return Files.readAllLines(events, UTF_8).stream()
        .filter(line -> line.startsWith("oom_kill "))
        .mapToLong(line -> Long.parseLong(line.substring("oom_kill ".length())))
        .findFirst()
        .orElseThrow();
  }

  /** Removes the group, as soon as the kernel has let go of what ran in it, and was ended. */
  @Override
  public void close() {
    await("nothing runs in " + group)
        .pollDelay(Duration.ZERO)
        .ignoreException(FileSystemException.class)
        .until(() -> Files.deleteIfExists(group) || Files.notExists(group));
  }
}
