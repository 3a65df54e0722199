package dev.tailrace.edge.console;

import dev.tailrace.support.config.Setting;
import dev.tailrace.support.config.SettingException;
import dev.tailrace.support.config.Settings;
import dev.tailrace.support.operator.OperatorAccess;
import java.util.List;

/**
 * Who may look at the console, and who may act by it. Whoever may act may look; whoever may read
 * the operator port may look too. Without a token of its own the console does nothing, but in
 * development, where neither token is: there whoever reaches it may act.
 *
 * <p>Threading: immutable.
 *
 * @param operator the operator port's token; empty when there is none
 * @param console the console's; empty when there is none
 * @param development whether this is development mode
 */
public record ConsoleAccess(String operator, String console, boolean development)
    implements ConsoleGate {
  /** The console's token. */
  public static final Setting<String> TOKEN =
      Setting.secret(
          "edge.console.token",
          "Token of the console on the operator port (Authorization: Bearer): whoever brings it may"
              + " look, and act: disconnect, revoke, drain, isolate; 16 characters or more, not"
              + " those of operator.token. None: nobody may act by the console, but in"
              + " development");

  /** All of them. */
  public static final List<Setting<?>> SETTINGS = List.of(TOKEN);

  /**
   * That of a configuration.
   *
   * @throws SettingException when the token is weak, no client could send it, or it is the operator
   *     port's
   */
  public static ConsoleAccess from(Settings settings, boolean development) {
    String operator = OperatorAccess.token(settings, OperatorAccess.TOKEN);
    String console = OperatorAccess.token(settings, TOKEN);
    if (OperatorAccess.matches(console, operator)) {
      throw new SettingException(
          "%s is %s: whoever may look could act"
              .formatted(TOKEN.key(), OperatorAccess.TOKEN.key()));
    }
    return new ConsoleAccess(operator, console, development);
  }

  /** Whether anybody may act. */
  public boolean isActing() {
    return !console.isEmpty() || isOpen();
  }

  @Override
  public boolean mayLook(String token) {
    return (operator.isEmpty() && console.isEmpty())
        || OperatorAccess.matches(operator, token)
        || OperatorAccess.matches(console, token);
  }

  @Override
  public boolean mayAct(String token) {
    return isOpen() || OperatorAccess.matches(console, token);
  }

  private boolean isOpen() {
    return development && operator.isEmpty() && console.isEmpty();
  }

  /** Without the tokens. */
  @Override
  public String toString() {
    return "ConsoleAccess[operator=%s, console=%s]".formatted(hidden(operator), hidden(console));
  }

  private static String hidden(String token) {
    return token.isEmpty() ? "none" : "(secret)";
  }
}
