package dev.tailrace.system.rehearsals;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.system.Installed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Debian's HAProxy with the configuration of {@code infra/compose}.
 *
 * <p>Threading: one test thread.
 */
final class Proxy implements AutoCloseable {
  static final String MISSING = "no HAProxy: install haproxy";

  private final Process process;
  private final Path config;

  private Proxy(Process process, Path config) {
    this.process = process;
    this.config = config;
  }

  /** Where it is, if anywhere; not on the PATH of every user. */
  static Optional<Path> find() {
    return Installed.find(List.of("haproxy"))
        .or(() -> Optional.of(Path.of("/usr/sbin/haproxy")).filter(Files::isExecutable));
  }

  /** Starts it in this folder; the environment says where all is. */
  static Proxy start(Path folder, String configuration, Map<String, String> environment)
      throws IOException {
    Path config = folder.resolve("haproxy.cfg");
    Files.writeString(config, configuration);
    ProcessBuilder builder =
        new ProcessBuilder(
                find().orElseThrow(() -> new IllegalStateException(MISSING)).toString(),
                "-W",
                "-db",
                "-f",
                config.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("haproxy.log").toFile());
    builder.environment().putAll(environment);
    return new Proxy(builder.start(), config);
  }

  /** Whether it has ended, and nobody meant it to. */
  boolean hasFailed() {
    return !process.isAlive();
  }

  /** It goes by this from now on, and keeps the connections that it has. */
  void reload(String configuration) throws IOException, InterruptedException {
    Files.writeString(config, configuration);
    assertThat(new ProcessBuilder("sh", "-c", "kill -USR2 " + process.pid()).start().waitFor())
        .isZero();
  }

  /** With its workers, those of before a reload too. */
  @Override
  public void close() {
    List<ProcessHandle> workers = process.descendants().toList();
    process.destroy();
    try {
      if (!process.waitFor(1, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
    workers.forEach(ProcessHandle::destroyForcibly);
  }
}
