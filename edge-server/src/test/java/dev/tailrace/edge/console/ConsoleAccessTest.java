package dev.tailrace.edge.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.support.config.SettingException;
import dev.tailrace.support.config.Settings;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The table of who may what, and which tokens there can be. */
class ConsoleAccessTest {
  private static final String OPERATORS = "operator-token-0";
  private static final String CONSOLES = "console-token-00";

  @ParameterizedTest
  @CsvSource({
    // operator.token, edge.console.token, brought, may look, may act
    "'', '', '', true, false",
    "'', '', console-token-00, true, false",
    "operator-token-0, '', '', false, false",
    "operator-token-0, '', operator-token-0, true, false",
    "operator-token-0, '', operator-token-1, false, false",
    "'', console-token-00, '', false, false",
    "'', console-token-00, console-token-00, true, true",
    "'', console-token-00, console-token-0, false, false",
    "operator-token-0, console-token-00, '', false, false",
    "operator-token-0, console-token-00, operator-token-0, true, false",
    "operator-token-0, console-token-00, console-token-00, true, true",
    "operator-token-0, console-token-00, somebody-elses-00, false, false",
  })
  void shouldLetLookWhoBringsEitherTokenAndActWhoBringsTheConsoles(
      String operator, String console, String brought, boolean look, boolean act) {
    ConsoleAccess access = access(operator, console);

    assertThat(access.mayLook(brought)).isEqualTo(look);
    assertThat(access.mayAct(brought)).isEqualTo(act);
    assertThat(access.isActing()).isEqualTo(!console.isEmpty());
  }

  @ParameterizedTest
  @CsvSource({
    "'', '', '', true",
    "'', '', anything-at-all-0, true",
    "operator-token-0, '', '', false",
    "operator-token-0, '', operator-token-0, false",
    "'', console-token-00, '', false",
    "'', console-token-00, console-token-00, true",
  })
  void shouldLetEverybodyActInDevelopmentWhereThereIsNoToken(
      String operator, String console, String brought, boolean act) {
    ConsoleAccess access = access(operator, console, true);

    assertThat(access.mayAct(brought)).isEqualTo(act);
    assertThat(access.isActing()).isEqualTo(operator.isEmpty() || !console.isEmpty());
  }

  @ParameterizedTest
  @CsvSource({
    "'', fifteen-letters, 'it needs 16 or more'",
    "'', 'with blanks in it', 'characters other than'",
    "operator-token-0, operator-token-0, 'whoever may look could act'",
  })
  void shouldRefuseATokenThatIsWeakOrTheOperatorsOwn(
      String operator, String console, String message) {
    assertThatThrownBy(() -> access(operator, console))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("edge.console.token")
        .hasMessageContaining(message);
  }

  @Test
  void shouldShowNoToken() {
    assertThat(access(OPERATORS, CONSOLES).toString())
        .doesNotContain(OPERATORS)
        .doesNotContain(CONSOLES);
  }

  private static ConsoleAccess access(String operator, String console) {
    return access(operator, console, false);
  }

  private static ConsoleAccess access(String operator, String console, boolean development) {
    Map<String, String> settings = new HashMap<>();
    settings.put("operator.token", operator);
    settings.put("edge.console.token", console);
    settings.values().removeIf(String::isEmpty);
    return ConsoleAccess.from(Settings.of(settings), development);
  }
}
