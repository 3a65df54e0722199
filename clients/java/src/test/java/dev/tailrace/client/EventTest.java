package dev.tailrace.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The objects of {@code docs/protocol/event.md}, and what is published. */
class EventTest {
  @Test
  void shouldLeaveDataAsItIs() {
    Event event =
        Event.of(
            "{\"channel\":\"scores\",\"id\":\"1\",\"type\":\"goal\",\"time\":\"2026-11-24T05:31:46Z\",\"data\":{"
                + " \"home\" : 1.0 },\"attributes\":{\"a\":\"b\"},\"conflation_key\":\"k\","
                + "\"cursor\":\"x~c1-2.7\",\"new\":[1]}");

    assertThat(event.channel()).isEqualTo("scores");
    assertThat(event.type()).isEqualTo("goal");
    assertThat(event.time()).isEqualTo("2026-11-24T05:31:46Z");
    assertThat(event.data()).isEqualTo("{ \"home\" : 1.0 }");
    assertThat(event.attributes()).containsEntry("a", "b");
    assertThat(event.conflationKey()).isEqualTo("k");
    assertThat(event.contentType()).isNull();
    assertThatIllegalStateException().isThrownBy(event::bytes);
  }

  @Test
  void shouldReadTextAndBytes() {
    Event text =
        Event.of(
            "{\"id\":\"1\",\"content_type\":\"text/plain\",\"data\":\"two\\n"
                + "lines\",\"cursor\":\"x\"}");
    Event bytes =
        Event.of(
            "{\"id\":\"1\",\"content_type\":\"image/png\",\"data\":\"iVBORw0K\",\"encoding\":\"base64\",\"cursor\":\"x\"}");

    assertThat(text.channel()).isNull();
    assertThat(text.text()).isEqualTo("two\nlines");
    assertThat(bytes.bytes()).startsWith(0x89, 'P', 'N', 'G');
    assertThat(Event.of("{\"id\":\"1\",\"cursor\":\"x\"}").text()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"id\":\"1\"}",
        "{\"cursor\":\"x\"}",
        "[]",
        "{\"id\":null,\"cursor\":\"x\"}"
      })
  void shouldRefuseWhatIsNone(String object) {
    assertThatIllegalArgumentException().isThrownBy(() -> Event.of(object));
  }

  @Test
  void shouldReadGaps() {
    Gap gap =
        Gap.of(
            "{\"channels\":[\"a\",\"$broadcast\"],\"reason\":\"generation\",\"from\":\"2026-11-24T05:31:46Z\",\"approximate\":true,\"cursor\":\"x~c1-2.0\"}");

    assertThat(gap.channels()).containsExactly("a", "$broadcast");
    assertThat(gap.reason()).isEqualTo("generation");
    assertThat(gap.from()).isEqualTo("2026-11-24T05:31:46Z");
    assertThat(gap.to()).isNull();
    assertThat(gap.isApproximate()).isTrue();
    assertThat(Gap.of("{\"reason\":\"retention\"}").channels()).isEmpty();
  }

  @Test
  void shouldWriteWhatIsPublished() {
    assertThat(
            Publication.builder()
                .channel("a")
                .channel("b")
                .user("4\"2")
                .type("goal")
                .json(" {\"n\":1} ")
                .id("i")
                .ttl("30s")
                .conflationKey("k")
                .attribute("x", "y")
                .build()
                .body())
        .isEqualTo(
            "{\"channels\":[\"a\",\"b\"],\"users\":[\"4\\\"2\"],\"type\":\"goal\",\"data\":"
                + " {\"n\":1}"
                + " ,\"id\":\"i\",\"ttl\":\"30s\",\"conflation_key\":\"k\",\"attributes\":{\"x\":\"y\"}}");
    assertThat(Publication.builder().bytes("image/png", new byte[] {1}).build().body())
        .contains("\"data\":\"AQ==\"");
    assertThat(Publication.builder().text("a\nb").build().body())
        .contains("\"data\":\"a\\u000ab\"");
    assertThatIllegalArgumentException().isThrownBy(() -> Publication.builder().json("{]"));
  }
}
