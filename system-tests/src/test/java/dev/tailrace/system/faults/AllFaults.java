package dev.tailrace.system.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.system.Crowd;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The long form of {@code FaultsIT}, by the profile {@code faults}: everything that is done, some
 * times over ({@code -Dfaults.rounds}, 5), each time under a crowd of its own that is judged when
 * it is over. {@code -Dfaults.only} takes those whose names begin so, several by commas. What is
 * measured is written to {@code target/faults}; that a recovery takes longer than is aimed at is
 * written there, too, and fails nothing. What fails is told at the end: the other faults come
 * first.
 */
class AllFaults {
  private static final Logger LOG = LoggerFactory.getLogger(AllFaults.class);
  private static final int ROUNDS = Integer.getInteger("faults.rounds", 5);
  private static final List<String> ONLY =
      List.of(System.getProperty("faults.only", "").split(",", -1));
  private static final String BROKER_SESSION_MS = "broker.session.timeout.ms";
  private static final int SMALL_DISK_MB = 96;

  /** Events of each client. */
  private static final int WARM = 500;

  /** The same, before each fault: what a picture begins with. */
  private static final int BEFORE = 120;

  private static final int WITH_SMALL_DISK = 2;

  @Test
  @Timeout(value = 6, unit = TimeUnit.HOURS)
  void shouldLoseRepeatLeakAndReorderNothingWhateverFails() throws Exception {
    boolean smallDisk = SmallDisk.isPossible();
    if (!smallDisk) {
      LOG.warn("this user may not mount a tmpfs: no disk is filled");
    }
    List<FaultRound> rounds = new ArrayList<>();
    List<Throwable> failures = new ArrayList<>();
    try (FaultCluster cluster =
        new FaultCluster(brokerProperties(), smallDisk ? WITH_SMALL_DISK : -1, SMALL_DISK_MB)) {
      warmUp(cluster);
      int crowds = 0;
      for (int round = 0; round < ROUNDS; round++) {
        for (Fault fault : faults(round, smallDisk)) {
          try {
            rounds.add(run(fault, cluster, "r%d-%d".formatted(round, crowds++)));
          } catch (Exception | AssertionError e) {
            LOG.error("{}", fault.name(), e);
            failures.add(e);
            cluster.restore();
          }
          FaultReport.write(Path.of("target", "faults"), rounds);
        }
      }
    }
    assertThat(failures).isEmpty();
    assertThat(rounds).isNotEmpty();
  }

  /** With {@code -Dfaults.broker.session=9000} as Kafka has it by default. */
  private static Map<String, String> brokerProperties() {
    String session = System.getProperty("faults.broker.session", "");
    return session.isEmpty() ? Map.of() : Map.of(BROKER_SESSION_MS, session);
  }

  private static List<Fault> faults(int round, boolean smallDisk) {
    return Stream.of(
            ProcessFaults.all(round),
            smallDisk ? List.of(ProcessFaults.diskFull(WITH_SMALL_DISK)) : List.<Fault>of(),
            LinkFaults.all(),
            LogFaults.all())
        .flatMap(List::stream)
        .filter(fault -> ONLY.stream().anyMatch(fault.name()::startsWith))
        .toList();
  }

  /** Servers that have just begun are slow: that is not what is measured. */
  private static void warmUp(FaultCluster cluster) {
    try (Crowd crowd = new Crowd("warm-up", cluster.bootstrapServers(), cluster.urls())) {
      crowd.awaitNews(WARM);
    }
  }

  private static FaultRound run(Fault fault, FaultCluster cluster, String name) throws Exception {
    cluster.spreadLeaders();
    try (Crowd crowd = new Crowd(name, cluster.bootstrapServers(), cluster.urls())) {
      crowd.awaitNews(BEFORE);
      FaultRound round = FaultRound.run(fault, cluster, crowd);
      crowd.assertWholeOrTold();
      Set<String> told = new TreeSet<>(crowd.gapReasons());
      assertThat(told).as("gaps told: %s", fault.name()).isEqualTo(new TreeSet<>(fault.gaps()));
      return round;
    }
  }
}
