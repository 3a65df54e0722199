package dev.tailrace.cli;

import dev.tailrace.infra.local.StopSignal;
import dev.tailrace.support.config.Settings;
import dev.tailrace.support.kafka.KafkaSettings;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/**
 * A command that reads settings: whatever of its arguments is no option of its own is a setting
 * given as a flag.
 *
 * <p>Threading: the main thread's.
 */
abstract class ConfiguredCommand implements Callable<Integer> {
  @Unmatched private List<String> settingFlags = new ArrayList<>();
  @ParentCommand private @Nullable TailraceCommand parent;
  @Spec private CommandSpec spec = CommandSpec.create();

  /** As given. */
  final List<String> settingFlags() {
    return settingFlags;
  }

  /**
   * Flags, environment and file together. Variables that set nothing are told of.
   *
   * @throws dev.tailrace.support.config.SettingException for what is no setting
   */
  final Settings settings() {
    Settings settings = Settings.load(settingFlags, System.getenv());
    settings
        .unknownVariables(KnownSettings.all())
        .forEach(unknown -> TailraceMain.complain(spec.commandLine(), unknown));
    settings.requireKnown(KnownSettings.all(), KafkaSettings.OPEN_KEYS);
    return settings;
  }

  /** What tells this command to stop, from now on. */
  final StopSignal stopSignal() {
    return Objects.requireNonNull(parent).stopSignal();
  }

  final String name() {
    return spec.name();
  }

  /** For what was asked for; all else goes to {@link #err}. */
  final PrintWriter out() {
    return spec.commandLine().getOut();
  }

  final PrintWriter err() {
    return spec.commandLine().getErr();
  }
}
