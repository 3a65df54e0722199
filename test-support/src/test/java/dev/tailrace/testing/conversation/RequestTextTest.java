package dev.tailrace.testing.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a client may say in two ways. */
class RequestTextTest {
  private static final Step.Request EXPECTED =
      (Step.Request)
          Conversation.parse(
                  "talk",
                  """
                  > GET /v1/events?channel=a&cursor=t0~c1-2.5&stream?={name=kXv2_Lq8-0Zt5yWm}
                  > Authorization: Bearer {token:a}
                  """)
              .steps()
              .getFirst();

  private final Bindings bindings = new Bindings();

  @Test
  void shouldTakeACursorAsAParameterOrAsAHeader() {
    assertThat(mismatch("cursor=t0~c1-2.5&channel=a", Map.of())).isNull();
    assertThat(mismatch("channel=a", Map.of("last-event-id", "t0~c1-2.5"))).isNull();
    assertThat(mismatch("cursor=t0~c1-2.1&channel=a", Map.of("last-event-id", "t0~c1-2.5")))
        .isNull();
    assertThat(mismatch("cursor=t0~c1-2.5&channel=a", Map.of("last-event-id", "t0~c1-2.1")))
        .contains("cursor=t0~c1-2.5");
  }

  @Test
  void shouldTakeATokenAsAParameterOrAsAHeader() {
    assertThat(tokenMismatch("", Map.of("authorization", "Bearer a.b.c"))).isNull();
    assertThat(tokenMismatch("access_token=a.b.c", Map.of())).isNull();
    assertThat(tokenMismatch("access_token=a.b.d", Map.of())).contains("Bearer a.b.d");
    assertThat(tokenMismatch("", Map.of())).contains("brings null");
  }

  @Test
  void shouldTakeWhatMayBeLeftOutOnlyAsItShouldBe() {
    String query = "channel=a&cursor=t0~c1-2.5";

    assertThat(mismatch(query + "&stream=0123456789abcdef", Map.of())).isNull();
    assertThat(mismatch(query + "&stream=short", Map.of())).contains("stream");
    assertThat(mismatch(query + "&limit=1", Map.of())).contains("[limit=1]");
    assertThat(mismatch(query + "&channel=a", Map.of())).contains("[channel=a]");
  }

  private @Nullable String mismatch(String query, Map<String, String> headers) {
    return request(query, headers).mismatch(EXPECTED, bindings);
  }

  private @Nullable String tokenMismatch(String query, Map<String, String> headers) {
    bindings.bind(ValueKind.TOKEN, "a", "a.b.c");
    return request(query, headers).tokenMismatch(EXPECTED, bindings);
  }

  private static RequestText request(String query, Map<String, String> headers) {
    return RequestText.of("GET", "/v1/events?" + query, new HashMap<>(headers), "");
  }
}
