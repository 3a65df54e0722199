package dev.tailrace.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/** Whole screens, as they are written in src/test/resources/top. */
class TopScreenTest {
  private static final Path GOLDEN = Path.of("src/test/resources/top");
  private static final long NOW = Duration.ofHours(1).toNanos();
  private static final long A_MOMENT_AGO = NOW - Duration.ofMillis(400).toNanos();

  private static FeedState told(ObjectNode snapshot) {
    return FeedState.NOTHING.welcomed("edge-01").with(snapshot, A_MOMENT_AGO);
  }

  private static void assertGolden(String name, FeedState state, int width, int height)
      throws IOException {
    List<ScreenLine> lines = TopScreen.lines(state, NOW, width, height);
    String text = lines.stream().map(ScreenLine::text).collect(Collectors.joining("\n", "", "\n"));
    Path file = GOLDEN.resolve(name + ".txt");
    if (System.getProperty("tailrace.golden") != null) {
      Files.writeString(file, text);
    }
    assertThat(text).isEqualTo(Files.readString(file));
    assertThat(lines).hasSizeLessThanOrEqualTo(height);
    assertThat(lines)
        .allSatisfy(line -> assertThat(Cells.width(line.text())).isLessThanOrEqualTo(width));
  }

  @Test
  void shouldShowAFleetOfOne() throws IOException {
    assertGolden("one", told(Fleets.of(1, 1)), 120, 40);
  }

  @Test
  void shouldShowOfFiftyWhatTheTerminalHasRoomFor() throws IOException {
    ObjectNode fleet = Fleets.of(50, 8);
    Fleets.silence(fleet.path("edges").path(47), 12_400);
    ((ObjectNode) fleet.path("edges").path(20))
        .put("state", "not_ready")
        .putArray("waiting_for")
        .add("lanes");

    assertGolden("fifty", told(fleet), 80, 24);
  }

  @Test
  void shouldShowAllOfFiftyWhereThereIsRoom() throws IOException {
    assertGolden("fifty-tall", told(Fleets.of(50, 8)), 120, 90);
  }

  @Test
  void shouldShowASilentEdgeFirstAndNoRatesOfIt() throws IOException {
    ObjectNode fleet = Fleets.of(3, 1);
    Fleets.silence(fleet.path("edges").path(2), 31_000);
    ((ObjectNode) fleet.path("totals")).put("silent", 1).put("edges", 2);

    assertGolden("silent", told(fleet), 120, 40);
  }

  @Test
  void shouldShowControlCharactersOfNamesAndNotSendThem() throws IOException {
    ObjectNode fleet = Fleets.of(2, 1);
    ((ObjectNode) fleet.path("edges").path(0)).put("process", "a\u001b[31mred\u001b]0;title\u0007");
    ((ObjectNode) fleet.path("edges").path(1))
        .put("process", "b\u202eevil\u009b2J\u0301")
        .put("state", "\u001bc");
    ((ObjectNode) fleet.path("hot").path(0))
        .put("address", "line\r\nbreak\u007f")
        .put("lane", "\u0000");
    ((ObjectNode) fleet.path("hot").path(1)).put("address", "\u6771\u4eac\ud83d\ude00\ud800");
    ((ObjectNode) fleet.path("gaps")).put("\u001b[2J", 7);
    fleet.put("at", "\u001b[H");
    FeedState state = told(fleet).welcomed("\u001b[5m");

    assertGolden("escapes", state, 120, 40);
    assertThat(TopScreen.lines(state, NOW, 120, 40))
        .allSatisfy(line -> assertThat(line.text()).doesNotContainPattern("\\p{Cntrl}"));
  }

  @Test
  void shouldShowNothingAsLiveWhenKafkaIsNotReachable() throws IOException {
    ObjectNode fleet = Fleets.of(2, 1);
    ((ObjectNode) fleet.path("kafka")).put("reachable", false).put("silent_ms", 7_300);

    assertGolden("kafka-gone", told(fleet), 120, 40);
    assertThat(TopScreen.lines(told(fleet), NOW, 120, 40).subList(1, 5))
        .extracting(ScreenLine::style)
        .containsOnly(ScreenLine.Style.DIM);
  }

  @Test
  void shouldShowNothingAsLiveWhenTheEdgeIsGone() throws IOException {
    FeedState lost =
        FeedState.NOTHING
            .with(Fleets.of(1, 1), NOW - Duration.ofSeconds(75).toNanos())
            .lost("the connection broke: reset");

    assertGolden("edge-gone", lost, 80, 24);
  }

  @Test
  void shouldNotTakeForLiveWhatIsOld() {
    FeedState state =
        FeedState.NOTHING.with(Fleets.of(1, 1), NOW - Duration.ofSeconds(4).toNanos());

    assertThat(state.notLive(NOW)).isEqualTo("the edge says nothing");
    assertThat(told(Fleets.of(1, 1)).notLive(NOW)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"1,1", "12,3", "40,10", "79,23", "400,200"})
  void shouldFitIntoAnyTerminal(int width, int height) {
    List<ScreenLine> lines = TopScreen.lines(told(Fleets.of(50, 8)), NOW, width, height);

    assertThat(lines).isNotEmpty().hasSizeLessThanOrEqualTo(height);
    assertThat(lines)
        .allSatisfy(line -> assertThat(Cells.width(line.text())).isLessThanOrEqualTo(width));
  }

  @Test
  void shouldSayThatItConnectsBeforeAnythingIsTold() {
    assertThat(TopScreen.lines(FeedState.NOTHING, NOW, 80, 24))
        .containsExactly(new ScreenLine("NOT LIVE: connecting", ScreenLine.Style.ALERT));
  }
}
