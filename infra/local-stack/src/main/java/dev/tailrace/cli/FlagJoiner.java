package dev.tailrace.cli;

import dev.tailrace.support.config.Setting;
import dev.tailrace.support.config.Settings;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Stack;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Makes one argument of a setting's flag and its value, {@code --edge-port 8080}, so that the value
 * is not taken for a parameter of the command.
 *
 * <p>Threading: the main thread's.
 */
final class FlagJoiner implements IParameterPreprocessor {
  private static final String FLAG = "--";
  private static final String KAFKA = FLAG + Settings.KAFKA_PREFIX.replace('.', '-');

  private static final List<String> BOOLEANS = List.of("true", "false");

  /** Whether the setting's flag may stand alone, which means true, by the flag. */
  private final Map<String, Boolean> alone = new HashMap<>(Map.of("--config", false));

  FlagJoiner() {
    for (Setting<?> setting : KnownSettings.all()) {
      boolean isSwitch = BOOLEANS.contains(setting.defaultText());
      alone.put(FLAG + setting.key().replace('.', '-'), isSwitch);
      alone.put(FLAG + setting.fileKey().replace('.', '-'), false);
    }
  }

  @Override
  public boolean preprocess(
      Stack<String> arguments, CommandSpec command, ArgSpec argument, Map<String, Object> info) {
    List<String> given = new ArrayList<>(arguments);
    Collections.reverse(given); // the next one is on top
    List<String> joined = joined(given, command);
    Collections.reverse(joined);
    arguments.clear();
    arguments.addAll(joined);
    return false;
  }

  private List<String> joined(List<String> given, CommandSpec command) {
    List<String> joined = new ArrayList<>();
    for (int i = 0; i < given.size(); i++) {
      String one = given.get(i);
      String next = i + 1 < given.size() ? given.get(i + 1) : FLAG;
      if (!next.startsWith(FLAG) && takes(one, next) && command.findOption(one) == null) {
        joined.add(one + "=" + next);
        i++;
      } else {
        joined.add(one);
      }
    }
    return joined;
  }

  private boolean takes(String flag, String next) {
    Boolean mayBeAlone = alone.get(flag);
    if (mayBeAlone == null) {
      return flag.startsWith(KAFKA) && flag.indexOf('=') < 0;
    }
    return !mayBeAlone || BOOLEANS.contains(next);
  }
}
