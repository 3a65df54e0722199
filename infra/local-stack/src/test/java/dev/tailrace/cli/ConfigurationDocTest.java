package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.infra.local.DevSettings;
import dev.tailrace.support.config.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The tables of docs/configuration.md are those of the code. {@code -Dtailrace.docs=write} writes
 * them.
 */
class ConfigurationDocTest {
  private static final Pattern TABLE =
      Pattern.compile("(?s)(<!-- settings: (\\w+) -->\n).*?(<!-- end of settings -->)");

  @Test
  void shouldListEverySetting() throws IOException {
    Path page = page();
    String written = Files.readString(page);
    String rendered =
        TABLE
            .matcher(written)
            .replaceAll(
                table ->
                    Matcher.quoteReplacement(
                        table.group(1) + render(settings(table.group(2))) + table.group(3)));
    if ("write".equals(System.getProperty("tailrace.docs"))) {
      Files.writeString(page, rendered);
      return;
    }

    assertThat(TABLE.matcher(written).results().map(table -> table.group(2)))
        .containsExactly("dev", "broker", "dispatcher", "edge");
    assertThat(written)
        .as("mvn test -pl infra/local-stack -am -Dtailrace.docs=write writes it anew")
        .isEqualTo(rendered);
  }

  private static Collection<Setting<?>> settings(String part) {
    return part.equals("dev") ? DevSettings.SETTINGS : KnownSettings.of(part);
  }

  private static String render(Collection<Setting<?>> settings) {
    StringBuilder text = new StringBuilder("| key | default | meaning |\n|---|---|---|\n");
    for (Setting<?> setting : settings) {
      String byDefault =
          setting.defaultText().isEmpty() ? "" : "`%s`".formatted(setting.defaultText());
      String keys =
          setting.secret()
              ? "`%s`, `%s`".formatted(setting.key(), setting.fileKey())
              : "`%s`".formatted(setting.key());
      text.append("| %s | %s | %s |\n".formatted(keys, byDefault, cell(setting.doc())));
    }
    return text.toString();
  }

  private static String cell(String doc) {
    return Character.toUpperCase(doc.charAt(0)) + doc.substring(1).replace("|", "\\|");
  }

  private static Path page() {
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      Path page = folder.resolve("docs/configuration.md");
      if (Files.exists(page)) {
        return page;
      }
    }
    throw new IllegalStateException("not within the project");
  }
}
