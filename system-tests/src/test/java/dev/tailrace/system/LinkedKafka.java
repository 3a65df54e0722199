package dev.tailrace.system;

import dev.tailrace.support.net.FreePorts;
import dev.tailrace.system.faults.BrokerMain;
import dev.tailrace.testing.Link;
import dev.tailrace.testing.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;

/**
 * One Kafka node in a process of its own, which all clients reach through a link: what this JVM
 * holds is none of the broker's.
 *
 * <p>Threading: one test thread.
 */
final class LinkedKafka implements AutoCloseable {
  private final Path folder = Files.createTempDirectory("tailrace-linked-");
  private final Link link;
  private final ServerProcess broker;

  LinkedKafka() throws IOException {
    List<Integer> free = FreePorts.some(2);
    String listener = "PLAINTEXT://127.0.0.1:" + free.getFirst();
    String controller = "CONTROLLER://127.0.0.1:" + free.getLast();
    link = new Link(free.getFirst());
    broker =
        ServerProcess.start(
            BrokerMain.class,
            Map.of(),
            "1",
            folder.resolve("node").toString(),
            Uuid.randomUuid().toString(),
            Integer.toString(free.getFirst()),
            Integer.toString(free.getLast()),
            "listeners=" + listener + "," + controller,
            "advertised.listeners=PLAINTEXT://" + bootstrapServers());
    try {
      broker.awaitOutput(BrokerMain.STARTED);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  String bootstrapServers() {
    return "127.0.0.1:" + link.port();
  }

  /** All connections to Kafka end with a reset. */
  void reset() {
    link.reset();
  }

  @Override
  public void close() throws IOException {
    broker.close();
    link.close();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
