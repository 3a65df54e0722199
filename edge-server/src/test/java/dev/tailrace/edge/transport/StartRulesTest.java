package dev.tailrace.edge.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tailrace.edge.cursor.StartPosition;
import dev.tailrace.edge.transport.SubscribeRules.RefusedException;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StartRulesTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00.750Z");

  @ParameterizedTest
  @CsvSource({
    "5m, 2026-03-01T11:55:00Z",
    "-5m, 2026-03-01T11:55:00Z",
    "1500ms, 2026-03-01T11:59:59Z",
    "90s, 2026-03-01T11:58:30Z",
    "2h, 2026-03-01T10:00:00Z",
    "3d, 2026-02-26T12:00:00Z",
    "2026-03-01T11:30:00Z, 2026-03-01T11:30:00Z",
    "2026-03-01T11:30:00.123456Z, 2026-03-01T11:30:00.123Z",
    "2026-03-01T13:30:00+02:00, 2026-03-01T11:30:00Z",
    "2026-03-01T13:30:00 02:00, 2026-03-01T11:30:00Z",
  })
  void shouldReadAMoment(String since, Instant moment) throws RefusedException {
    assertThat(StartRules.read("", since, "", NOW))
        .isEqualTo(new StartPosition.Since(moment.toEpochMilli()));
  }

  @Test
  void shouldBeginAtTheEpochWithWhatIsOlder() throws RefusedException {
    assertThat(StartRules.read("", "999999999d", "", NOW)).isEqualTo(new StartPosition.Since(0));
  }

  @ParameterizedTest
  @CsvSource({
    "earliest, '', ''",
    "'', earliest, ''",
    "earliest, 5m, 7",
    "'', earliest, 7",
  })
  void shouldKnowTheWordForTheEarliest(String cursor, String since, String last)
      throws RefusedException {
    assertThat(StartRules.read(cursor, since, last, NOW)).isEqualTo(StartPosition.EARLIEST);
  }

  @ParameterizedTest
  @CsvSource({"latest, '', ''", "'', latest, ''", "'', '', ''", "latest, 5m, 7"})
  void shouldKnowTheWordForTheLatest(String cursor, String since, String last)
      throws RefusedException {
    assertThat(StartRules.read(cursor, since, last, NOW)).isEqualTo(StartPosition.LATEST);
  }

  @Test
  void shouldTakeTheCursorFirstThenTheTimeThenTheCount() throws RefusedException {
    assertThat(StartRules.read("abc~c1-1.2", "5m", "7", NOW)).isInstanceOf(StartPosition.At.class);
    assertThat(StartRules.read("", "5m", "7", NOW)).isInstanceOf(StartPosition.Since.class);
    assertThat(StartRules.read("", "", "7", NOW)).isEqualTo(new StartPosition.Last(7));
  }

  @ParameterizedTest
  @CsvSource({
    "?, '', '', bad_cursor",
    "'', yesterday, '', bad_since",
    "'', 5, '', bad_since",
    "'', 5y, '', bad_since",
    "'', --5m, '', bad_since",
    "'', 1234567890s, '', bad_since",
    "'', 2026-03-01, '', bad_since",
    "'', '', 0, bad_last",
    "'', '', -1, bad_last",
    "'', '', 1001, bad_last",
    "'', '', 99999999999, bad_last",
    "'', '', five, bad_last",
    "abc~c1-1.2, yesterday, '', bad_since",
    "abc~c1-1.2, '', five, bad_last",
  })
  void shouldRefuseWhatIsMalformedWhateverElseThereIs(
      String cursor, String since, String last, String code) {
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(() -> StartRules.read(cursor, since, last, NOW))
        .satisfies(e -> assertThat(e.problem().code()).isEqualTo(code));
  }
}
