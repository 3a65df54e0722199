package dev.tailrace.edge.transport.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.log.LogEntry;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HistoryFormTest {
  private final HttpFields.Mutable headers = HttpFields.build();

  @Test
  void shouldSayWhetherThereIsMore() {
    HistoryForm form = new HistoryForm(false, 2, null);
    assertThat(form.end()).asString().isEqualTo("],\"more\":true}");

    form.onNotice(new Notice.Complete());

    assertThat(form.end()).asString().isEqualTo("],\"more\":false}");
  }

  @Test
  void shouldGiveTheSameTagToTheSameBytesHoweverTheyAreParted() {
    String whole = tag(true, null, "abc", "def");
    String parted = tag(true, null, "ab", "cd", "ef");
    String other = tag(true, null, "abcdeg");

    assertThat(whole).matches("\"[0-9a-f]{32}\"").isEqualTo(parted).isNotEqualTo(other);
    assertThat(headers.get(HttpHeader.CACHE_CONTROL)).contains("immutable", "private");
    assertThat(headers.get(HttpHeader.VARY)).isEqualTo("Authorization");
  }

  @ParameterizedTest
  @ValueSource(strings = {"%s", "W/%s", "\"other\", %s", "*"})
  void shouldKnowWhatTheClientHas(String header) {
    String tag = tag(true, null, "abc");

    assertThat(put(complete(new HistoryForm(true, 2, header.formatted(tag))), "abc")).isTrue();
    assertThat(put(complete(new HistoryForm(true, 2, "\"other\"")), "abc")).isFalse();
  }

  @Test
  void shouldHaveNoTagWhereSomethingMayChange() {
    HistoryForm gap = complete(new HistoryForm(true, 2, "*"));
    gap.onNotice(new Notice.Gap(List.of(), null, null, Notice.Gap.Reason.RETENTION, "c"));
    HistoryForm expiring = complete(new HistoryForm(true, 2, "*"));
    expiring.onEvent(entry(1_000));
    HistoryForm open = complete(new HistoryForm(false, 2, "*"));

    for (HistoryForm form : List.of(gap, expiring, open)) {
      headers.clear();
      assertThat(put(form, "abc")).isFalse();
      assertThat(headers).isEmpty();
    }
    HistoryForm lasting = complete(new HistoryForm(true, 2, "*"));
    lasting.onEvent(entry(-1));
    assertThat(put(lasting, "abc")).isTrue();
  }

  @Test
  void shouldHaveNoTagWhereItEndedByTime() {
    HistoryForm form = new HistoryForm(true, 2, "*");
    form.onEvent(entry(-1));
    assertThat(put(form, "abc")).isFalse();

    form.onEvent(entry(-1));
    assertThat(put(form, "abc")).as("its limit").isTrue();
  }

  private static HistoryForm complete(HistoryForm form) {
    form.onNotice(new Notice.Complete());
    return form;
  }

  private static LogEntry entry(long ttlMs) {
    return new LogEntry(
        new LanePartition(Lane.CHANNELS, 1, 1),
        0,
        0,
        ttlMs,
        "a",
        List.of(),
        "",
        false,
        new byte[0]);
  }

  private @Nullable String tag(boolean closed, @Nullable String ifNoneMatch, String... parts) {
    headers.clear();
    put(complete(new HistoryForm(closed, 2, ifNoneMatch)), parts);
    return headers.get(HttpHeader.ETAG);
  }

  private boolean put(HistoryForm form, String... parts) {
    return form.putHeaders(
        headers,
        java.util.Arrays.stream(parts)
            .map(part -> ByteBuffer.wrap(part.getBytes(StandardCharsets.US_ASCII)))
            .toList());
  }
}
