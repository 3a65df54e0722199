package dev.tailrace.terraform;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tailrace.terraform.Deployment.Container;
import dev.tailrace.terraform.Deployment.Resource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * What the kernel of an edge's machine may hold for sockets: the slow clients that sizing counts
 * fit, without that the heap's memory is taken for them.
 */
final class Sockets {
  /** In pages of 4 KiB: as much as holds nobody back, the mark of pressure, and the most. */
  private static final Pattern MACHINE =
      Pattern.compile("(?m)^net\\.ipv4\\.tcp_mem = (\\d+) (\\d+) (\\d+)$");

  private static final Pattern APPLIED = Pattern.compile("(?m)^sysctl -p /etc/sysctl\\.d/\\S+$");
  private static final int PAGES_OF_MIB = 256;
  private static final long MIB = 1L << 20;

  /** Of a container's memory ({@code -XX:MaxRAMPercentage}). */
  private static final double HEAP = 0.4;

  private Sockets() {}

  static List<String> violations(Deployment deployment) {
    List<String> broken = new ArrayList<>();
    JsonNode sized = deployment.output("sizing").path("edge");
    long slow = sized.path("slow_connections").asLong();
    for (Container edge : deployment.containers("edge")) {
      long most = 0;
      for (String direction : List.of("net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem")) {
        long largest = largest(edge, direction);
        most = Math.max(most, largest);
        if (largest == 0) {
          broken.add(edge.name() + " leaves " + direction + " to the machine");
        }
      }
      for (Resource template : deployment.of("aws_launch_template")) {
        broken.addAll(
            machine(
                template,
                edge,
                Math.max(slow * most / MIB, sized.path("tcp_memory_mib").asLong())));
      }
    }
    return broken;
  }

  private static List<String> machine(Resource template, Container edge, long neededMib) {
    String script = new String(Base64.getDecoder().decode(template.text("user_data")), UTF_8);
    Matcher set = MACHINE.matcher(script);
    if (!set.find() || !APPLIED.matcher(script).find()) {
      return List.of(template.address() + " does not set net.ipv4.tcp_mem");
    }
    List<String> broken = new ArrayList<>();
    long pressure = Long.parseLong(set.group(2)) / PAGES_OF_MIB;
    long most = Long.parseLong(set.group(3)) / PAGES_OF_MIB;
    if (pressure < neededMib) {
      broken.add(
          "%s holds back sockets at %d MiB, and %s needs %d for them"
              .formatted(template.address(), pressure, edge.name(), neededMib));
    }
    long memory = edge.definition().path("memory").asLong();
    if (most <= pressure || most > memory * (1 - HEAP)) {
      broken.add(
          "%s allows sockets %d MiB, of %d that %s has beside its heap"
              .formatted(template.address(), most, (long) (memory * (1 - HEAP)), edge.name()));
    }
    return broken;
  }

  /** The last of three. */
  private static long largest(Container edge, String name) {
    return Deployment.stream(edge.definition().path("systemControls"))
        .filter(one -> one.path("namespace").asString("").equals(name))
        .map(one -> one.path("value").asString(""))
        .flatMap(value -> Pattern.compile("(?<= )\\d+$").matcher(value).results())
        .map(MatchResult::group)
        .mapToLong(Long::parseLong)
        .findFirst()
        .orElse(0);
  }
}
