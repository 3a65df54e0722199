package dev.tailrace.edge.transport.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PermessageDeflateTest {
  private static final String NO_CONTEXT =
      "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "permessage-deflate",
        "permessage-deflate; client_max_window_bits",
        "permessage-deflate; client_max_window_bits=9",
        "permessage-deflate; server_no_context_takeover",
        "permessage-deflate ; client_max_window_bits=\"12\"",
        "permessage-deflate; client_no_context_takeover; server_no_context_takeover",
      })
  void shouldAgreeToCompressWithoutContext(String offer) {
    assertThat(answer(offer)).isEqualTo(NO_CONTEXT);
  }

  @Test
  void shouldAgreeToTheWholeWindowWhenItIsAskedFor() {
    assertThat(answer("permessage-deflate; server_max_window_bits=15"))
        .isEqualTo(NO_CONTEXT + "; server_max_window_bits=15");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "permessage-deflate; server_max_window_bits=14",
        "permessage-deflate; server_max_window_bits",
        "permessage-deflate; client_max_window_bits=16",
        "permessage-deflate; client_max_window_bits=7",
        "permessage-deflate; server_no_context_takeover=1",
        "permessage-deflate; client_no_context_takeover=true",
        "permessage-deflate; unheard_of",
        "permessage-bzip2",
        "",
        ";",
      })
  void shouldNotCompressOnTermsThatItCannotMeet(String offer) {
    assertThat(answer(offer)).isNull();
  }

  @Test
  void shouldTakeTheFirstOfSeveralOffersThatItCanMeet() {
    assertThat(
            answer(
                "permessage-deflate; server_max_window_bits=10",
                "permessage-deflate; server_max_window_bits=15",
                "permessage-deflate"))
        .isEqualTo(NO_CONTEXT + "; server_max_window_bits=15");
  }

  private static @Nullable String answer(String... offers) {
    return PermessageDeflate.answer(List.of(offers));
  }
}
