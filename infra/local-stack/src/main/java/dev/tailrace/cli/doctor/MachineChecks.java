package dev.tailrace.cli.doctor;

import dev.tailrace.support.lifecycle.OpenFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What this machine lets a process have, by {@code /proc}: of the edges that run here, or else of
 * one that would be started from here.
 *
 * <p>Threading: one thread; blocks for files.
 */
public final class MachineChecks {
  private static final String MAIN = "dev.tailrace.cli.TailraceMain";
  private static final Pattern OPEN_FILES =
      Pattern.compile("(?m)^Max open files +(\\d+|unlimited) ");

  private static final int LEAST_BACKLOG = 4_096;
  private static final int LEAST_PORTS = 28_000;
  private static final long PAGE = 4_096;

  private final Path proc;
  private final int connections;
  private final String java;

  /**
   * Of a machine.
   *
   * @param proc where the kernel tells: {@code /proc}
   * @param connections how many an edge is to hold
   * @param java the version of Java that commands run with
   */
  public MachineChecks(Path proc, int connections, String java) {
    this.proc = proc;
    this.connections = connections;
    this.java = java;
  }

  /** All of them. */
  public List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    findings.add(Finding.ok("java", "version " + java));
    if (!Files.isDirectory(proc.resolve("self"))) {
      findings.add(Finding.ok("machine", "not looked at: there is no /proc here"));
      return findings;
    }
    addDescriptors(findings);
    addBacklog(findings);
    addPorts(findings);
    addMemory(findings);
    return findings;
  }

  private void addDescriptors(List<Finding> findings) {
    List<String> edges = edges();
    if (edges.isEmpty()) {
      addDescriptors(findings, "self", "a process started from here");
    }
    edges.forEach(pid -> addDescriptors(findings, pid, "the edge with process id " + pid));
  }

  private void addDescriptors(List<Finding> findings, String process, String whose) {
    Matcher limit = OPEN_FILES.matcher(read(process + "/limits"));
    if (!limit.find()) {
      return;
    }
    long files =
        limit.group(1).equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(limit.group(1));
    long needed = OpenFiles.neededFor(connections);
    findings.add(
        files < needed
            ? Finding.problem(
                "descriptors",
                "%s may open %d files, edge.max.connections=%d needs %d"
                    .formatted(whose, files, connections, needed),
                "raise it (ulimit -n, LimitNOFILE=, a container's ulimits), or lower"
                    + " edge.max.connections")
            : Finding.ok(
                "descriptors",
                "%s may open %s files"
                    .formatted(whose, files == Long.MAX_VALUE ? "any number of" : files)));
  }

  /** Process ids of the edges here, as far as this user may see. */
  private List<String> edges() {
    try (Stream<Path> all = Files.list(proc)) {
      return all.map(one -> one.getFileName().toString())
          .filter(name -> name.matches("[0-9]+"))
          .filter(pid -> isEdge(List.of(read(pid + "/cmdline").split("\0", -1))))
          .sorted()
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  private static boolean isEdge(List<String> arguments) {
    int main = arguments.indexOf(MAIN);
    return main >= 0 && main + 1 < arguments.size() && arguments.get(main + 1).equals("edge");
  }

  private void addBacklog(List<Finding> findings) {
    OptionalLong backlog = number("sys/net/core/somaxconn", 0);
    if (backlog.isPresent()) {
      findings.add(
          backlog.getAsLong() < LEAST_BACKLOG
              ? Finding.warning(
                  "backlog",
                  "net.core.somaxconn is %d: so many wait at most when all clients come at once"
                      .formatted(backlog.getAsLong()),
                  "sysctl -w net.core.somaxconn=" + LEAST_BACKLOG)
              : Finding.ok("backlog", "net.core.somaxconn is " + backlog.getAsLong()));
    }
  }

  private void addPorts(List<Finding> findings) {
    OptionalLong first = number("sys/net/ipv4/ip_local_port_range", 0);
    OptionalLong last = number("sys/net/ipv4/ip_local_port_range", 1);
    if (first.isPresent() && last.isPresent()) {
      long ports = last.getAsLong() - first.getAsLong() + 1;
      findings.add(
          ports < LEAST_PORTS
              ? Finding.warning(
                  "ports",
                  "net.ipv4.ip_local_port_range has %d: a proxy here holds no more connections to one edge"
                      .formatted(ports),
                  "sysctl -w net.ipv4.ip_local_port_range=\"10240 65535\"")
              : Finding.ok("ports", "%d for connections from here".formatted(ports)));
    }
  }

  private void addMemory(List<Finding> findings) {
    OptionalLong pressurePages = number("sys/net/ipv4/tcp_mem", 1);
    OptionalLong buffer = number("sys/net/ipv4/tcp_wmem", 1);
    if (pressurePages.isPresent() && buffer.isPresent()) {
      long has = pressurePages.getAsLong() * PAGE;
      long needs = connections * buffer.getAsLong();
      findings.add(
          has < needs
              ? Finding.warning(
                  "tcp memory",
                  "net.ipv4.tcp_mem lets all sockets have %d MiB, %d slow clients may take %d MiB"
                      .formatted(has >> 20, connections, needs >> 20),
                  "sysctl -w net.ipv4.tcp_mem with %d as its second number"
                      .formatted(needs / PAGE + 1))
              : Finding.ok("tcp memory", "%d MiB for all sockets".formatted(has >> 20)));
    }
  }

  private OptionalLong number(String file, int place) {
    String[] words = read(file).strip().split("\\s+", -1);
    return place < words.length && words[place].matches("[0-9]{1,18}")
        ? OptionalLong.of(Long.parseLong(words[place]))
        : OptionalLong.empty();
  }

  private String read(String file) {
    try {
      return Files.readString(proc.resolve(file), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return ""; // it has ended, or is somebody else's
    }
  }
}
