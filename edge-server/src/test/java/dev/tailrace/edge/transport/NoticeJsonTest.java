package dev.tailrace.edge.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.connection.Notice;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class NoticeJsonTest {
  @Test
  void shouldTellAGapWithAllThatIsKnown() {
    Notice.Gap gap =
        new Notice.Gap(
            List.of("prices", "scores"),
            Instant.ofEpochSecond(1_700_000_000),
            Instant.ofEpochSecond(1_700_000_060),
            Notice.Gap.Reason.RETENTION,
            "abc~c1-h.9x");

    assertThat(NoticeJson.gap(gap))
        .isEqualTo(
            "{\"channels\":[\"prices\",\"scores\"],\"from\":\"2023-11-14T22:13:20Z\","
                + "\"to\":\"2023-11-14T22:14:20Z\",\"reason\":\"retention\","
                + "\"cursor\":\"abc~c1-h.9x\"}");
  }

  @Test
  void shouldLeaveOutTimesThatAreNotKnown() {
    Notice.Gap gap =
        new Notice.Gap(List.of(), null, null, Notice.Gap.Reason.TRUNCATED, "abc~u1-3.1");

    assertThat(NoticeJson.gap(gap))
        .isEqualTo("{\"channels\":[],\"reason\":\"truncated\",\"cursor\":\"abc~u1-3.1\"}");
  }

  @Test
  void shouldTellACursorAndATokensEnd() {
    assertThat(NoticeJson.conflated(new Notice.Conflated(List.of("scores"))))
        .isEqualTo("{\"channels\":[\"scores\"]}");
    assertThat(NoticeJson.cursor("abc~c1-h.9x")).isEqualTo("{\"cursor\":\"abc~c1-h.9x\"}");
    assertThat(NoticeJson.tokenExpiring(new Notice.TokenExpiring(Instant.ofEpochSecond(60))))
        .isEqualTo("{\"expires\":\"1970-01-01T00:01:00Z\"}");
  }
}
