package dev.tailrace.cli;

import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Option;

/**
 * As whom a command comes to where clients come.
 *
 * <p>Threading: the main thread's.
 */
final class ClientOptions {
  @Option(
      names = "--user",
      paramLabel = "USER",
      description = "Who to be, without a token: only with tailrace dev")
  private String user = "";

  @Option(
      names = "--token",
      paramLabel = "TOKEN",
      defaultValue = "${env:TAILRACE_TOKEN:-}",
      showDefaultValue = Visibility.NEVER,
      description = "A token, as printed by tailrace token; or in the environment, TAILRACE_TOKEN")
  private String token = "";

  /** Empty when none is given. */
  String user() {
    return user;
  }

  /** Empty when none is given. */
  String token() {
    return requireSendable("the token", token);
  }

  /**
   * Looked at before it is sent: who refuses it later says all of it.
   *
   * @throws CommandException when no header may hold it
   */
  static String requireSendable(String what, String token) {
    if (!token.chars().allMatch(c -> c >= ' ' && c <= '~')) {
      throw CommandException.usage(what + " holds what no header may hold, such as a line break");
    }
    return token;
  }
}
