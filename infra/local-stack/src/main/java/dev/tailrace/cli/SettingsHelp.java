package dev.tailrace.cli;

import dev.tailrace.support.config.Setting;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Column;
import picocli.CommandLine.Help.Column.Overflow;
import picocli.CommandLine.Help.TextTable;

/**
 * Lists a command's settings in its help, below its options.
 *
 * <p>Threading: stateless.
 */
final class SettingsHelp {
  private static final String SECTION = "settings";

  private SettingsHelp() {}

  /** Adds the list to this command's help. */
  static void add(CommandLine command, Collection<Setting<?>> settings) {
    command.getCommandSpec().usageMessage().footerHeading("%n");
    if (settings.isEmpty()) {
      return;
    }
    List<String> sections = new ArrayList<>(command.getHelpSectionKeys());
    sections.add(
        sections.indexOf(CommandLine.Model.UsageMessageSpec.SECTION_KEY_FOOTER_HEADING), SECTION);
    command.setHelpSectionKeys(sections);
    command.getHelpSectionMap().put(SECTION, help -> render(help, settings));
  }

  private static String render(Help help, Collection<Setting<?>> settings) {
    Map<String, String> rows = new LinkedHashMap<>();
    int longest = 0;
    for (Setting<?> setting : settings) {
      String names = setting.flagName();
      longest = Math.max(longest, names.length());
      String defaultText =
          setting.defaultText().isEmpty() ? "" : " (default: " + setting.defaultText() + ")";
      String fileText =
          setting.secret()
              ? " (a file with it, or it alone in " + setting.environmentName() + ")"
              : "";
      rows.put(names, setting.doc() + defaultText + fileText);
    }
    int width = help.commandSpec().usageMessage().width();
    int first = Math.min(longest, 40) + 4;
    TextTable table =
        TextTable.forColumns(
            help.colorScheme(),
            new Column(first, 2, Overflow.SPAN),
            new Column(Math.max(width - first, 30), 1, Overflow.WRAP));
    // A flag of --edge-port is the key edge.port and the variable TAILRACE_EDGE_PORT. That of a
    // secret names its file: the secret itself is not taken as a flag.
    rows.forEach(table::addRowValues);
    return "%nSettings (a flag, TAILRACE_... in the environment, or a key in the --config file):%n%s"
        .formatted(table);
  }
}
