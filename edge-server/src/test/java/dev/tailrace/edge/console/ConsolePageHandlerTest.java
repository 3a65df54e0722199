package dev.tailrace.edge.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ConsolePageHandlerTest {
  private static final Path FOLDER =
      Path.of("src/main/resources/dev/tailrace/edge/console/page").toAbsolutePath();
  private static final Pattern IMPORTED = Pattern.compile("from '\\./([^']+)'");
  private static final Pattern REFERRED = Pattern.compile("(?:src|href)=\"(?:\\./)?([^#\"]+)\"");

  @Test
  void shouldServeExactlyTheFilesOfThePage() throws Exception {
    assertThat(ConsolePageHandler.FILES).containsExactlyInAnyOrderElementsOf(files());
    assertThat(ConsolePageHandler.routes())
        .containsKeys("/console", "/console/", "/console/index.html", "/console/app.js")
        .hasSize(ConsolePageHandler.FILES.size() + 2);
  }

  /** From elsewhere it needs nothing, and nothing in it asks a browser to take text for markup. */
  @Test
  void shouldReferToItsOwnFilesOnlyAndMakeNoMarkupOfText() throws Exception {
    List<String> referred = new ArrayList<>();
    for (String file : files()) {
      String text = Files.readString(FOLDER.resolve(file));
      assertThat(text)
          .as(file)
          .doesNotContain("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(")
          .doesNotContain("DOMParser", "localStorage", "<style", "onclick=", "https://");
      Stream.of(IMPORTED, REFERRED)
          .flatMap(pattern -> pattern.matcher(text).results())
          .map((MatchResult found) -> found.group(1))
          .forEach(referred::add);
    }
    assertThat(files()).containsAll(referred);
    assertThat(referred).contains("app.js", "console.css", "table.js");
  }

  private static List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }
}
