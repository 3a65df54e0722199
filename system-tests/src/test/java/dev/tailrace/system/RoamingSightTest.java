package dev.tailrace.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.testing.history.Address;
import dev.tailrace.testing.history.ClientLog;
import dev.tailrace.testing.history.Finding.Phantom;
import dev.tailrace.testing.history.History;
import dev.tailrace.testing.history.ToldGap;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What edges tell, as the protocol's pages show it. */
class RoamingSightTest {
  private final History history = new History();
  private final ClientLog log = history.client("c");
  private final RoamingSight sight = new RoamingSight(log, "42", List.of("scores", "chat"));

  @Test
  void shouldAskForWhatItFollows() {
    assertThat(sight.query()).isEqualTo("user=42&channel=scores&channel=chat");
    assertThat(sight.addresses())
        .containsExactly(
            Address.user("42"),
            Address.channel("$broadcast"),
            Address.channel("scores"),
            Address.channel("chat"));
  }

  @Test
  void shouldLogEventsOfChannelsAndOfTheUser() {
    sight.saw(
        """
        "events":[{"channel":"scores","id":"a","data":{"n":1},"cursor":"d~c1-2.7"},\
        {"id":"b","type":"notice","cursor":"d~u1-4.r"}]}\
        """);
    sight.saw("{\"event\":{\"channel\":\"chat\",\"id\":\"c\",\"cursor\":\"d~c1-2.8\"}}");

    assertThat(history.findings())
        .containsExactly(
            new Phantom("c", Address.channel("scores"), "a"),
            new Phantom("c", Address.user("42"), "b"),
            new Phantom("c", Address.channel("chat"), "c"));
  }

  @Test
  void shouldLogGaps() {
    sight.told("{\"channels\":[\"scores\"],\"reason\":\"retention\",\"cursor\":\"d~c1-2.0\"}");
    sight.told("{\"gap\":{\"channels\":[],\"reason\":\"skipped\",\"cursor\":\"d~u1-2.0\"}}");
    List<ToldGap> polled =
        sight.told(
            """
            {"cursor":"d~c1-0.0","gaps":[{"channels":["chat","scores"],\
            "from":"2026-11-24T05:36:27Z","reason":"generation","cursor":"d~c1-0.0",\
            "approximate":true},{"channels":["$broadcast"],"reason":"budget","cursor":"d"}],\
            """);

    assertThat(polled)
        .containsExactly(
            ToldGap.of("generation", "chat", "scores").withRepeats(),
            ToldGap.of("budget", "$broadcast"));
    assertThat(log.gaps())
        .startsWith(ToldGap.of("retention", "scores"), ToldGap.of("skipped"))
        .endsWith(polled.toArray(ToldGap[]::new));
    assertThat(history.findings()).isEmpty();
  }

  @Test
  void shouldLogNoGapWhereThereIsNone() {
    assertThat(sight.told("{\"cursor\":\"d~c1-0.0\",\"gaps\":[],")).isEmpty();
    assertThat(log.gaps()).isEmpty();
  }
}
