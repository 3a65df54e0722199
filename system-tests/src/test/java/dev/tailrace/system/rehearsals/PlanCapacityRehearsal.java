package dev.tailrace.system.rehearsals;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a load costs an edge, measured as one measures one's own. */
class PlanCapacityRehearsal {
  private final Steps steps = new Steps("plan capacity");

  @TempDir private Path folder;

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void shouldMeasureWhatALoadCosts() throws Exception {
    try (Topology topology = Topology.start(Build.current())) {
      for (String kind : new String[] {"--channels=4", "--personal"}) {
        String found =
            topology
                .tailrace(
                    "bench",
                    "--url=" + topology.edgeUrl(0),
                    "--transport=websocket",
                    "--connections=200",
                    "--rate=50",
                    "--seconds=10",
                    "--warmup=5",
                    "--pid=edge=" + topology.edges().pid(0),
                    "--out=" + folder,
                    kind)
                .done();
        assertThat(found).contains("100.000 % arrived", "0 lost, 0 duplicates");
        steps.say(
            "{}: {}",
            kind,
            found.lines().filter(line -> line.startsWith("cost")).collect(Collectors.joining()));
      }
    }
  }
}
