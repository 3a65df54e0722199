package dev.tailrace.system.rehearsals;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.system.Crowd;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Both lanes get more partitions, and a busy channel a slot of its own. */
class GrowLanesRehearsal {
  private final Steps steps = new Steps("grow lanes");

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void shouldMoveSlotsUnderClients() throws Exception {
    try (Topology topology = Topology.start(Build.current());
        Crowd crowd = topology.crowd("grow")) {
      crowd.awaitNewsEverywhere();

      move(topology, crowd, "grow", "--lane", "channels", "--partitions", "18");
      move(topology, crowd, "grow", "--lane", "users", "--partitions", "16");
      move(topology, crowd, "isolate", "--channel", "grow.c0");
      steps.say("{}", topology.tailrace("slots", "show").done().strip());
      assertThat(topology.tailrace("topics", "check").done()).isNotEmpty();

      crowd.assertWhole();
      steps.say("nothing was lost, repeated, out of order or told as a gap");
    }
  }

  private void move(Topology topology, Crowd crowd, String... asked) throws Exception {
    String[] arguments = new String[asked.length + 1];
    arguments[0] = "slots";
    System.arraycopy(asked, 0, arguments, 1, asked.length);
    String said = topology.tailrace(arguments).done().strip();
    assertThat(said).contains("settled");
    steps.say("{}: {}", String.join(" ", asked), said.substring(said.lastIndexOf('\n') + 1));
    crowd.hop();
    crowd.awaitNewsEverywhere();
  }
}
