package dev.tailrace.cli;

import dev.tailrace.cli.console.ConsoleAddress;
import dev.tailrace.edge.console.ConsoleAccess;
import dev.tailrace.support.config.Setting;
import dev.tailrace.support.config.Settings;
import dev.tailrace.support.operator.OperatorAccess;
import java.net.URI;
import java.util.List;
import picocli.CommandLine.Option;

/**
 * Where the console is that a command asks, and its token.
 *
 * <p>Threading: the main thread's.
 */
final class ConsoleOptions {
  static final List<Setting<?>> SETTINGS = List.of(OperatorAccess.TOKEN, ConsoleAccess.TOKEN);

  @Option(
      names = "--url",
      paramLabel = "URL",
      defaultValue = "http://127.0.0.1:8090",
      description = "The operator port of an edge, any of them (default: ${DEFAULT-VALUE})")
  private URI url = URI.create("http://127.0.0.1:8090");

  /** With either token: both may look. */
  ConsoleAddress address(Settings settings) {
    if (!ConsoleAddress.isUsable(url)) {
      throw CommandException.usage("--url is no address such as http://127.0.0.1:8090");
    }
    return address(url, settings);
  }

  static ConsoleAddress address(URI edge, Settings settings) {
    String token = settings.get(OperatorAccess.TOKEN);
    String used = token.isEmpty() ? settings.get(ConsoleAccess.TOKEN) : token;
    return new ConsoleAddress(edge, ClientOptions.requireSendable("the operator's token", used));
  }
}
