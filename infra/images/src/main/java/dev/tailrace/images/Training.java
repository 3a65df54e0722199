package dev.tailrace.images;

import dev.tailrace.support.net.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Runs an edge and a dispatcher of the image's own files, started as the image starts them, with
 * clients on every transport, and stops them by SIGTERM. At their end the JVMs write down which
 * classes they loaded, how these were linked, and what was called how often: the caches by which
 * those of the image start.
 *
 * <p>Threading: one thread.
 */
final class Training {
  /** Those that start often enough, and late enough, to be taught. */
  static final List<String> ROLES = List.of("edge", "dispatcher");

  private static final String SECRET = "of no use: a key for the minute that the training takes";

  private final ImageFiles files;
  private final Path broker;
  private final Path work;

  /**
   * @param broker the class path of a command that has one
   * @param work for logs, and for caches until they are complete
   */
  Training(ImageFiles files, Path broker, Path work) {
    this.files = files;
    this.broker = broker;
    this.work = work;
  }

  /**
   * Runs it and puts the caches to the files.
   *
   * @throws ImageException when a server did not serve, or wrote no cache
   */
  void run() throws IOException, InterruptedException {
    Files.createDirectories(work);
    List<Integer> ports = FreePorts.some(4);
    try (ServerRun kafka = startBroker(ports.get(0))) {
      String address = kafka.awaitLine("broker ready: ");
      try (ServerRun dispatcher =
              start(
                  "dispatcher",
                  address,
                  "--dispatcher-operator-port=" + ports.get(1),
                  "--dispatcher-startup-timeout=2m",
                  "--dev=true"); // there is one broker, so one replica
          ServerRun edge =
              start(
                  "edge",
                  address,
                  "--edge-port=" + ports.get(2),
                  "--edge-operator-port=" + ports.get(3),
                  "--edge-drain-delay=0s",
                  "--edge-drain-window=1s")) {
        dispatcher.awaitReady(ports.get(1));
        edge.awaitReady(ports.get(3));
        TrainingClients clients = new TrainingClients(ports.get(2), SECRET);
        clients.run();
        clients.look(ports.get(1), ports.get(3));
        edge.terminate();
        dispatcher.terminate();
        keep("edge", edge.awaitEnd());
        keep("dispatcher", dispatcher.awaitEnd());
      }
    }
    files.settle();
  }

  private ServerRun startBroker(int port) throws IOException {
    return ServerRun.start(
        "broker",
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx256m",
            "-cp",
            broker.toString(),
            "dev.tailrace.cli.TailraceMain",
            "broker",
            "--broker-port=" + port),
        Map.of(),
        work.resolve("broker.log"));
  }

  private ServerRun start(String role, String kafka, String... flags) throws IOException {
    List<String> command = new ArrayList<>(List.of(files.command().toString(), role));
    command.add("--kafka-bootstrap-servers=" + kafka);
    command.addAll(List.of(flags));
    return ServerRun.start(
        role,
        command,
        Map.of(
            "JDK_JAVA_OPTIONS",
            // The JVM names every class that it leaves out.
            "-XX:AOTCacheOutput=" + written(role) + " -Xlog:aot=error",
            "TAILRACE_AUTH_HMAC_SECRET",
            SECRET),
        work.resolve(role + ".log"));
  }

  private Path written(String role) {
    return work.resolve(role + ".aot");
  }

  private void keep(String role, int code) throws IOException {
    if (code != 0) {
      throw new ImageException(
          "the %s ended with %d after SIGTERM: see %s"
              .formatted(role, code, work.resolve(role + ".log")));
    }
    if (!Files.exists(written(role))) {
      throw new ImageException(
          "the JVM of the %s wrote no cache: see %s".formatted(role, work.resolve(role + ".log")));
    }
    Files.move(written(role), files.cache(role));
  }
}
