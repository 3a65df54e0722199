package dev.tailrace.edge.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.edge.desk.RefusedException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What may be asked for by a body, and what is refused before anything is done. */
class ActionTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "DISCONNECT | {\"user\":\"42\",\"reason\":\"<script>\"}",
        "DISCONNECT | {\"everybody\":true}",
        "DISCONNECT | {\"everybody\":false,\"user\":\"42\"}",
        "REVOKE     | {\"user\":\"42\",\"channel\":\"scores\",\"expires\":\"24h\"}",
        "REVOKE     | {\"token_id\":\"any \\u0000 text\"}",
        "REVOKE     | {\"everybody\":true}",
        "DRAIN      | {\"process\":\"edge-1\",\"instance\":\"x\"}",
        "ISOLATE    | {\"user\":\"42\"}",
        "ISOLATE    | {\"channel\":\"scores\"}",
      })
  void shouldReadWhatMakesSense(Action action, String body) {
    assertThat(action.read(bytes(body))).isNotNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "DISCONNECT | ''",
        "DISCONNECT | []",
        "DISCONNECT | {",
        "DISCONNECT | {}",
        "DISCONNECT | {\"everybody\":false}",
        "DISCONNECT | {\"everybody\":\"true\"}",
        "DISCONNECT | {\"user\":\"42\",\"everybody\":true}",
        "DISCONNECT | {\"user\":\"42\",\"user\":\"43\"}",
        "DISCONNECT | {\"user\":\"42\",\"channel\":\"scores\"}",
        "DISCONNECT | {\"user\":42}",
        "DISCONNECT | {\"user\":\"<b>\"}",
        "DISCONNECT | {\"user\":\"42\"} {\"everybody\":true}",
        "REVOKE     | {}",
        "REVOKE     | {\"user\":\"42\",\"token_id\":\"t\"}",
        "REVOKE     | {\"everybody\":true,\"channel\":\"scores\"}",
        "REVOKE     | {\"channel\":\"$broadcast\"}",
        "REVOKE     | {\"user\":\"42\",\"expires\":\"0s\"}",
        "REVOKE     | {\"user\":\"42\",\"expires\":\"soon\"}",
        "REVOKE     | {\"user\":\"42\",\"expires\":\"99999999h\"}",
        "DRAIN      | {\"process\":\"edge-1\"}",
        "DRAIN      | {\"instance\":\"x\"}",
        "ISOLATE    | {}",
        "ISOLATE    | {\"user\":\"42\",\"channel\":\"scores\"}",
      })
  void shouldRefuseWhatMakesNone(Action action, String body) {
    assertThatThrownBy(() -> action.read(bytes(body)))
        .isInstanceOfSatisfying(
            RefusedException.class, e -> assertThat(e.code()).isEqualTo("bad_request"));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
