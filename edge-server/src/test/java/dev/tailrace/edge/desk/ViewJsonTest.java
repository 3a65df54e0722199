package dev.tailrace.edge.desk;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Bytes of nobody knows what. */
class ViewJsonTest {
  @Test
  void shouldShowTextAsTextWhateverIsInIt() {
    assertThat(ViewJson.bytes("<script>\u0000\u001b[2J".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(Map.of("text", "<script>\u0000\u001b[2J"));
    assertThat(ViewJson.bytes(new byte[0])).isEqualTo(Map.of("text", ""));
    assertThat(ViewJson.bytes(null)).isNull();
  }

  @Test
  void shouldShowOtherBytesAsBase64() {
    assertThat(ViewJson.bytes(new byte[] {(byte) 0xff, 0})).isEqualTo(Map.of("base64", "/wA="));
  }

  @Test
  void shouldCutWhatIsLongAndSayThat() {
    Map<String, Object> shown = ViewJson.bytes("x".repeat(4_097).getBytes(StandardCharsets.UTF_8));
    assertThat(shown).containsEntry("cut", true).containsEntry("text", "x".repeat(4_096));
    assertThat(ViewJson.bytes("x".repeat(4_096).getBytes(StandardCharsets.UTF_8)))
        .doesNotContainKey("cut");
  }

  @Test
  void shouldCutNoCharacterInTwo() {
    Map<String, Object> shown = ViewJson.bytes("€".repeat(2_000).getBytes(StandardCharsets.UTF_8));
    assertThat(shown).containsEntry("text", "€".repeat(1_365)).containsEntry("cut", true);
  }

  @Test
  void shouldTellAnyMoment() {
    assertThat(ViewJson.moment(Long.MAX_VALUE)).isEqualTo("9999-12-31T23:59:59Z");
    assertThat(ViewJson.moment(Long.MIN_VALUE)).isEqualTo("0001-01-01T00:00:00Z");
    Timestamp never = Timestamp.newBuilder().setSeconds(Long.MAX_VALUE).setNanos(-1).build();
    assertThat(ViewJson.moment(never)).isEqualTo("9999-12-31T23:59:59Z");
  }
}
