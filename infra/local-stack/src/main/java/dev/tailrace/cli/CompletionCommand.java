package dev.tailrace.cli;

import dev.tailrace.infra.local.StopSignal;
import dev.tailrace.support.config.Setting;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Prints what makes a shell complete this command.
 *
 * <p>Threading: the main thread's.
 */
@Command(
    name = "completion",
    description =
        "Prints a script by which a shell completes commands, options, settings and their values.",
    footer = {
      "Examples, for this shell alone, and for each that is to come:",
      "  source <(./tailrace completion bash)",
      "  ./tailrace completion bash > ~/.local/share/bash-completion/completions/tailrace",
      "  source <(./tailrace completion zsh)        in ~/.zshrc, after compinit"
    })
final class CompletionCommand implements Callable<Integer> {
  private static final String ZSH =
      """
      autoload -U +X compinit && compinit
      autoload -U +X bashcompinit && bashcompinit
      """;

  /** The names are those of the parameter. */
  enum Shell {
    bash,
    zsh
  }

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "bash|zsh", description = "The shell")
  private Shell shell = Shell.bash;

  @Override
  public Integer call() {
    CommandLine tailrace = TailraceMain.commandLine(StopSignal::manual);
    tailrace
        .getSubcommands()
        .forEach((name, command) -> addSettings(name, command.getCommandSpec()));
    spec.commandLine()
        .getOut()
        .print((shell == Shell.zsh ? ZSH : "") + AutoComplete.bash("tailrace", tailrace));
    spec.commandLine().getOut().flush();
    return 0;
  }

  /** They are no options of the command's own, and can be given all the same. */
  private static void addSettings(String name, CommandSpec command) {
    for (Setting<?> setting : KnownSettings.of(name)) {
      if (command.findOption(setting.flagName()) == null) {
        command.addOption(OptionSpec.builder(setting.flagName()).type(String.class).build());
      }
    }
  }
}
