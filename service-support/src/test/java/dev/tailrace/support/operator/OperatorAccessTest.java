package dev.tailrace.support.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.support.config.SettingException;
import dev.tailrace.support.config.Settings;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OperatorAccessTest {
  private static final String TOKEN = "0123456789abcdef";
  private static final OperatorAccess ASKING = access(Map.of("operator.token", TOKEN));

  private static OperatorAccess access(Map<String, String> settings) {
    return OperatorAccess.from(Settings.of(settings));
  }

  @Test
  void shouldAskForTheTokenOnAllPagesButThoseOfProbes() {
    assertThat(ASKING.admits("/healthz", null)).isTrue();
    assertThat(ASKING.admits("/readyz", "Bearer wrong")).isTrue();
    for (String path :
        new String[] {"/metrics", "/dump", "/live", "/", "/healthz/", "/readyz/.."}) {
      assertThat(ASKING.admits(path, null)).as(path).isFalse();
      assertThat(ASKING.admits(path, "Bearer " + TOKEN)).as(path).isTrue();
    }
    assertThat(ASKING.admits("/dump", "bearer  " + TOKEN + " ")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Bearer",
        "Bearer ",
        "Bearer 0123456789abcde",
        "Bearer 0123456789abcdeF",
        "Bearer 0123456789abcdef0",
        "Basic 0123456789abcdef",
        "0123456789abcdef",
      })
  void shouldTakeNothingElse(String authorization) {
    assertThat(ASKING.admits("/dump", authorization)).isFalse();
  }

  @Test
  void shouldAskForNoneWhereThereIsNone() {
    assertThat(access(Map.of()).admits("/dump", null)).isTrue();
    assertThat(access(Map.of("operator.token", "")).admits("/dump", null)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.1"})
  void shouldNotServeTheWorldWithoutAToken(String host) {
    assertThatThrownBy(() -> access(Map.of()).requireSafe("edge.operator.host", host))
        .isInstanceOf(SettingException.class)
        .hasMessage(
            "edge.operator.host: "
                + host
                + " is not a loopback address, and the operator port has no token: set"
                + " operator.token (TAILRACE_OPERATOR_TOKEN, or a file by --operator-token-file),"
                + " or operator.insecure=true to let everybody read it");
    access(Map.of("operator.insecure", "true", "operator.plaintext", "true"))
        .requireSafe("edge.operator.host", host);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.1"})
  void shouldNotServeTheWorldInPlainTextWithoutConsent(String host) {
    for (OperatorAccess access :
        new OperatorAccess[] {ASKING, access(Map.of("operator.insecure", "true"))}) {
      assertThatThrownBy(() -> access.requireSafe("dispatcher.operator.host", host))
          .isInstanceOf(SettingException.class)
          .hasMessage(
              "dispatcher.operator.host: "
                  + host
                  + " is not a loopback address, and the operator port speaks plain text: keep it"
                  + " within a private network, or put a TLS proxy in front, and set"
                  + " operator.plaintext=true");
    }
    access(Map.of("operator.token", TOKEN, "operator.plaintext", "true"))
        .requireSafe("dispatcher.operator.host", host);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "LocalHost:8090",
        "127.0.0.1",
        "127.0.0.1:8090",
        "192.0.2.1:8090",
        "[::1]",
        "[2001:db8::1]:8090",
        "",
      })
  void shouldBeAskedByAddressWithoutAToken(String host) {
    assertThat(access(Map.of()).refusal(host, null)).isNull();
  }

  /** As a page asks whose own name was bound to this address after it was loaded. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "evil.example:8090",
        "localhost.evil.example",
        "localhost@evil.example",
        "127.0.0.1.evil.example:8090",
        "evil.127.0.0.1",
        "1.2.3",
        "[evil.example]",
        "::1",
      })
  void shouldNotBeAskedByNameWithoutAToken(String host) {
    assertThat(access(Map.of()).refusal(host, null)).contains("operator.token");
    assertThat(access(Map.of()).refusal(host, "http://" + host)).contains("operator.token");
    assertThat(ASKING.refusal(host, null)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://evil.example",
        "https://evil.example:8090",
        "http://127.0.0.1",
        "http://127.0.0.1:8091",
        "http://127.0.0.1:8090.evil.example",
        "http://evil.example/127.0.0.1:8090",
        "127.0.0.1:8090",
        "null",
        "",
      })
  void shouldNotAnswerPagesOfOtherOrigins(String origin) {
    assertThat(access(Map.of()).refusal("127.0.0.1:8090", origin)).contains("other origins");
    assertThat(ASKING.refusal("127.0.0.1:8090", origin)).contains("other origins");
  }

  @Test
  void shouldAnswerPagesOfItsOwnOrigin() {
    assertThat(access(Map.of()).refusal("127.0.0.1:8090", "http://127.0.0.1:8090")).isNull();
    assertThat(ASKING.refusal("ops.example", "https://OPS.example")).isNull();
    assertThat(ASKING.refusal("ops.example:443", "https://ops.example")).isNull();
    assertThat(ASKING.refusal("[::1]:8090", "http://[::1]:8090")).isNull();
  }

  @Test
  void shouldServeThisMachineWithoutAToken() {
    for (String host : new String[] {"127.0.0.1", "127.0.0.2", "::1", "localhost"}) {
      access(Map.of()).requireSafe("edge.operator.host", host);
    }
  }

  @Test
  void shouldRefuseWhatIsGuessedOrCannotBeSent() {
    assertThatThrownBy(() -> access(Map.of("operator.token", "hush")))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("operator.token has 4 characters, it needs 16 or more")
        .hasMessageNotContaining("hush");
    assertThatThrownBy(() -> access(Map.of("operator.token", "0123456789 abcdef")))
        .isInstanceOf(SettingException.class)
        .hasMessageNotContaining("abcdef");
  }

  @Test
  void shouldNotPrintTheToken() {
    assertThat(ASKING.toString())
        .isEqualTo("OperatorAccess[token=(secret), insecure=false, plaintext=false]");
  }
}
