package dev.tailrace.images;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * An image from a tar, unpacked and run as an engine would: its user, its environment, its working
 * directory and its entrypoint, as the first process of its own process namespace, with a root that
 * is read-only and a {@code /tmp} that nothing can be executed in. The network is this machine's.
 *
 * <p>Threading: one test thread.
 */
final class Container {
  private static final String MOUNTS =
      """
      set -e
      root=$1
      shift
      mount --bind "$root" "$root"
      mount -t proc proc "$root/proc"
      mount -t tmpfs -o mode=1777,noexec,nosuid,nodev tmpfs "$root/tmp"
      mount --rbind /sys "$root/sys"
      for device in null random urandom; do mount --bind "/dev/$device" "$root/dev/$device"; done
      mount -o remount,bind,ro "$root"
      exec "$@"
      """;

  private final Path root;
  private final JsonNode config;

  private Container(Path root, JsonNode config) {
    this.root = root;
    this.config = config;
  }

  /** Whether namespaces can be made here; skips the test when not. */
  static void assumePossible() throws Exception {
    Process process =
        new ProcessBuilder(
                "unshare", "-mp", "--fork", "sh", "-c", "mount -t tmpfs tmpfs /mnt && id -u")
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    Assumptions.assumeTrue(
        process.waitFor() == 0 && said.strip().equals("0"),
        () -> "running an image needs root and namespaces: " + said.strip());
  }

  /** Unpacks the layers, in their order. */
  static Container unpack(Path tar, Path folder) throws Exception {
    Path layers = Files.createDirectories(folder.resolve("layers"));
    Path root = Files.createDirectories(folder.resolve("root"));
    Commands.run(List.of("tar", "-xf", tar.toString(), "-C", layers.toString()));
    ObjectMapper mapper = new ObjectMapper();
    JsonNode manifest = mapper.readTree(layers.resolve("manifest.json")).get(0);
    for (JsonNode layer : manifest.get("Layers")) {
      Path file = layers.resolve(layer.asString());
      Commands.run(List.of("tar", "-xzpf", file.toString(), "-C", root.toString()));
    }
    for (String mounted : new String[] {"proc", "tmp", "sys", "dev"}) {
      Files.createDirectories(root.resolve(mounted));
    }
    for (String device : new String[] {"null", "random", "urandom"}) {
      Files.createFile(root.resolve("dev").resolve(device));
    }
    JsonNode config = mapper.readTree(layers.resolve(manifest.get("Config").asString()));
    return new Container(root, config.get("config"));
  }

  /** What the image says of itself. */
  JsonNode config() {
    return config;
  }

  /** Where its files lie here. */
  Path root() {
    return root;
  }

  /**
   * Runs the image.
   *
   * @param environment of the container, {@code NAME=value}, before the image's own
   */
  Run run(Path log, List<String> environment, String... arguments) throws IOException {
    return runBy(List.of(), log, environment, arguments);
  }

  /**
   * Runs the image.
   *
   * @param within what the command begins with
   */
  Run runBy(List<String> within, Path log, List<String> environment, String... arguments)
      throws IOException {
    String user = config.get("User").asString();
    int colon = user.indexOf(':');
    List<String> command = new ArrayList<>(within);
    command.addAll(List.of("unshare", "-mp", "--fork"));
    command.addAll(List.of("--kill-child", "sh", "-c", MOUNTS, "sh", root.toString()));
    command.addAll(List.of("setpriv", "--clear-groups", "env", "-i"));
    config.get("Env").forEach(variable -> command.add(variable.asString()));
    command.addAll(environment);
    command.addAll(List.of("/usr/bin/unshare", "--root=" + root));
    command.add("--wd=" + config.get("WorkingDir").asString());
    command.addAll(
        List.of("--setgid=" + user.substring(colon + 1), "--setuid=" + user.substring(0, colon)));
    config.get("Entrypoint").forEach(word -> command.add(word.asString()));
    command.addAll(List.of(arguments));
    return new Run(
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start(),
        log);
  }

  /** A container that runs. */
  static final class Run implements AutoCloseable {
    private final Process process;
    private final Path log;

    private Run(Process process, Path log) {
      this.process = process;
      this.log = log;
    }

    /** What it has said. */
    String output() throws IOException {
      return Files.readString(log);
    }

    boolean isAlive() {
      return process.isAlive();
    }

    /** Its first process, by the number that it has outside. */
    ProcessHandle first() {
      return process.children().findFirst().orElseThrow();
    }

    /** The exit code. */
    int awaitEnd() throws InterruptedException {
      if (!process.waitFor(1, TimeUnit.MINUTES)) {
        throw new AssertionError("it has not ended");
      }
      return process.exitValue();
    }

    @Override
    public void close() {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      var _ = process.destroyForcibly().onExit().join(); // the kernel ends it in any case
    }
  }
}
