package dev.tailrace.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.cli.doctor.Finding.Level;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MachineChecksTest {
  private static final String EDGE = "java\0-cp\0lib\0dev.tailrace.cli.TailraceMain\0edge\0";

  @TempDir private Path proc;

  @BeforeEach
  void layOut() throws IOException {
    put("self/limits", limits("65536"));
    put("sys/net/core/somaxconn", "4096\n");
    put("sys/net/ipv4/ip_local_port_range", "32768\t60999\n");
    put("sys/net/ipv4/tcp_mem", "94500\t126000\t189000\n");
    put("sys/net/ipv4/tcp_wmem", "4096\t16384\t4194304\n");
  }

  private void put(String file, String text) throws IOException {
    Path path = proc.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private static String limits(String files) {
    return "Limit                     Soft Limit           Hard Limit           Units     \n"
        + "Max open files            %-20s 1048576              files     %n".formatted(files);
  }

  private List<Finding> findings() {
    return new MachineChecks(proc, 15_000, "25").findings();
  }

  @Test
  void shouldFindNothingWhereThereIsEnough() {
    assertThat(findings())
        .extracting(Finding::check)
        .containsExactly("java", "descriptors", "backlog", "ports", "tcp memory");
    assertThat(findings()).extracting(Finding::level).containsOnly(Level.OK);
  }

  @ParameterizedTest
  @CsvSource({
    "sys/net/core/somaxconn, 128, backlog",
    "sys/net/ipv4/ip_local_port_range, 50000 51000, ports",
    "sys/net/ipv4/tcp_mem, 1 59999 3, tcp memory"
  })
  void shouldWarnOfWhatIsLittle(String file, String text, String check) throws IOException {
    put(file, text);

    assertThat(findings())
        .filteredOn(finding -> finding.level() != Level.OK)
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.check()).isEqualTo(check);
              assertThat(finding.level()).isEqualTo(Level.WARNING);
              assertThat(finding.mend()).startsWith("sysctl -w ");
            });
  }

  @Test
  void shouldLookAtTheEdgesThatRunHere() throws IOException {
    put("17/cmdline", EDGE);
    put("17/limits", limits("15999"));
    put("18/cmdline", EDGE);
    put("18/limits", limits("unlimited"));
    put("19/cmdline", EDGE.replace("edge", "dispatcher"));
    put("19/limits", limits("64"));

    assertThat(findings())
        .filteredOn(finding -> finding.check().equals("descriptors"))
        .extracting(Finding::level, Finding::text)
        .containsExactly(
            org.assertj.core.api.Assertions.tuple(
                Level.PROBLEM,
                "the edge with process id 17 may open 15999 files, edge.max.connections=15000 needs"
                    + " 16000"),
            org.assertj.core.api.Assertions.tuple(
                Level.OK, "the edge with process id 18 may open any number of files"));
  }

  @Test
  void shouldSayThatThereIsNothingToLookAt() {
    assertThat(new MachineChecks(proc.resolve("none"), 15_000, "25").findings())
        .extracting(Finding::level)
        .containsExactly(Level.OK, Level.OK);
  }
}
