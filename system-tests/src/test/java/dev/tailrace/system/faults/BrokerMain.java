package dev.tailrace.system.faults;

import dev.tailrace.infra.kafka.ClusterNode;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One node of a Kafka cluster, as a process: number, folder, the cluster's id, where clients and
 * controllers of all nodes connect, and any properties.
 *
 * <p>Threading: the main thread's.
 */
public final class BrokerMain {
  /** What it prints once it serves. */
  public static final String STARTED = "the broker serves";

  private BrokerMain() {}

  /** Runs until the process is ended. */
  public static void main(String[] args) {
    Map<String, String> overrides = new HashMap<>();
    for (String property : Arrays.asList(args).subList(5, args.length)) {
      int equals = property.indexOf('=');
      overrides.put(property.substring(0, equals), property.substring(equals + 1));
    }
    ClusterNode node =
        ClusterNode.start(
            Integer.parseInt(args[0]),
            Path.of(args[1]),
            args[2],
            ports(args[3]),
            ports(args[4]),
            overrides);
    Runtime.getRuntime().addShutdownHook(new Thread(node::close));
    System.out.println(STARTED);
  }

  private static List<Integer> ports(String list) {
    return Stream.of(list.split(",", -1)).map(Integer::valueOf).toList();
  }
}
