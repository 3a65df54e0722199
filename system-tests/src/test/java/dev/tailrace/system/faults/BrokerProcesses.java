package dev.tailrace.system.faults;

import dev.tailrace.support.net.FreePorts;
import dev.tailrace.testing.Link;
import dev.tailrace.testing.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;

/**
 * Three Kafka nodes, each a process of its own, a broker and a controller. Beside the port for
 * everybody each has one for every client that is to have links of its own.
 *
 * <p>Threading: one test thread.
 */
public final class BrokerProcesses implements AutoCloseable {
  static final int COUNT = 3;

  private final Path folder = Files.createTempDirectory("tailrace-faults-");
  private final List<Integer> ports;
  private final Map<String, List<Link>> links = new LinkedHashMap<>();
  private final Servers servers;
  private final List<SmallDisk> disks = new ArrayList<>();

  /**
   * None of them runs yet.
   *
   * @param linked names of clients that have links of their own, as listeners are called
   * @param overrides properties of all nodes over the defaults
   */
  public BrokerProcesses(List<String> linked, Map<String, String> overrides) throws IOException {
    List<Integer> free = FreePorts.some(COUNT * (2 + linked.size()));
    ports = free.subList(0, COUNT);
    List<Integer> controllers = free.subList(COUNT, 2 * COUNT);
    Map<String, List<Integer>> inner = new LinkedHashMap<>();
    for (int i = 0; i < linked.size(); i++) {
      List<Integer> behind = free.subList(COUNT * (2 + i), COUNT * (3 + i));
      List<Link> before = new ArrayList<>();
      for (int port : behind) {
        before.add(new Link(port));
      }
      inner.put(linked.get(i), behind);
      links.put(linked.get(i), before);
    }
    String clusterId = Uuid.randomUuid().toString();
    servers =
        new Servers(
            BrokerMain.STARTED,
            IntStream.range(0, COUNT)
                .<Servers.Launch>mapToObj(
                    i -> () -> launch(i, clusterId, controllers, inner, overrides))
                .toList());
  }

  private ServerProcess launch(
      int which,
      String clusterId,
      List<Integer> controllers,
      Map<String, List<Integer>> inner,
      Map<String, String> overrides)
      throws IOException {
    Map<String, String> properties = new HashMap<>(overrides);
    StringBuilder listeners = new StringBuilder("PLAINTEXT://" + address(ports.get(which)));
    StringBuilder advertised = new StringBuilder(listeners);
    StringBuilder protocols = new StringBuilder("PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    inner.forEach(
        (name, behind) -> {
          listeners.append(",%s://%s".formatted(name, address(behind.get(which))));
          int port = links(name).get(which).port();
          advertised.append(",%s://%s".formatted(name, address(port)));
          protocols.append(",%s:PLAINTEXT".formatted(name));
        });
    listeners.append(",CONTROLLER://").append(address(controllers.get(which)));
    properties.put("listeners", listeners.toString());
    properties.put("advertised.listeners", advertised.toString());
    properties.put("listener.security.protocol.map", protocols.toString());
    List<String> arguments = new ArrayList<>();
    arguments.add(Integer.toString(which + 1));
    arguments.add(folder(which).toString());
    arguments.add(clusterId);
    arguments.add(list(ports));
    arguments.add(list(controllers));
    properties.forEach((key, value) -> arguments.add(key + "=" + value));
    return ServerProcess.start(BrokerMain.class, Map.of(), arguments.toArray(String[]::new));
  }

  private static String address(int port) {
    return "127.0.0.1:" + port;
  }

  private static String list(List<Integer> numbers) {
    return numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  /** The processes. */
  public Servers servers() {
    return servers;
  }

  /** Where one of them keeps its records. */
  Path folder(int which) {
    return folder.resolve("node-" + (which + 1));
  }

  /** Gives a node that was never started a disk of its own, of so many megabytes. */
  void mount(int which, int megabytes) throws IOException {
    disks.add(SmallDisk.mount(folder(which), megabytes));
  }

  /** Where everybody connects who has no links of their own. */
  public String bootstrapServers() {
    return ports.stream().map(BrokerProcesses::address).collect(Collectors.joining(","));
  }

  /** Where a client connects that has. */
  String bootstrapServers(String linked) {
    return links(linked).stream()
        .map(link -> address(link.port()))
        .collect(Collectors.joining(","));
  }

  /** A client's links, one to each node. */
  List<Link> links(String linked) {
    List<Link> found = links.get(linked);
    if (found == null) {
      throw new IllegalArgumentException(linked + " has no links of its own");
    }
    return found;
  }

  @Override
  public void close() throws IOException {
    servers.close();
    for (SmallDisk disk : disks) {
      disk.close();
    }
    for (List<Link> some : links.values()) {
      for (Link link : some) {
        link.close();
      }
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
