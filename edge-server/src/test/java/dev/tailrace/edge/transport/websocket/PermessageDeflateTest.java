package dev.tailrace.edge.transport.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.eclipse.jetty.websocket.core.ExtensionConfig;
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
        "permessage-deflate; client_no_context_takeover; server_no_context_takeover",
      })
  void shouldAgreeToCompressWithoutContext(String offer) {
    assertThat(answer(offer)).isEqualTo(parse(NO_CONTEXT).getParameters());
  }

  @Test
  void shouldAgreeToTheWholeWindowWhenItIsAskedFor() {
    assertThat(answer("permessage-deflate; server_max_window_bits=15"))
        .isEqualTo(parse(NO_CONTEXT + "; server_max_window_bits=15").getParameters());
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
      })
  void shouldNotCompressOnTermsThatItCannotMeet(String offer) {
    assertThat(PermessageDeflate.answer(List.of(parse(offer)))).isNull();
  }

  @Test
  void shouldTakeTheFirstOfSeveralOffersThatItCanMeet() {
    List<ExtensionConfig> offers =
        List.of(
            parse("permessage-deflate; server_max_window_bits=10"),
            parse("permessage-deflate; server_max_window_bits=15"),
            parse("permessage-deflate"));

    ExtensionConfig answer = PermessageDeflate.answer(offers);

    assertThat(answer).isNotNull();
    assertThat(answer.getParameters()).containsEntry("server_max_window_bits", "15");
  }

  private static Map<String, String> answer(String offer) {
    ExtensionConfig answer = PermessageDeflate.answer(List.of(parse(offer)));
    assertThat(answer).isNotNull();
    return answer.getParameters();
  }

  private static ExtensionConfig parse(String text) {
    return ExtensionConfig.parse(text);
  }
}
