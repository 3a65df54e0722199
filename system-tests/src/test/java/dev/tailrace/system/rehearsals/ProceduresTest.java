package dev.tailrace.system.rehearsals;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.system.Docs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every procedure has its rehearsal, and every rehearsal its procedure. */
class ProceduresTest {
  private static final String PAGE = "docs/procedures.md";
  private static final Path SOURCES =
      Docs.root().resolve("system-tests/src/test/java/dev/tailrace/system/rehearsals");
  private static final Pattern SECTION = Pattern.compile("(?m)^## (.+)$");
  private static final Pattern REHEARSED =
      Pattern.compile("(?m)^## .+\n\n<!-- rehearsal: (\\w+) -->$");

  @Test
  void shouldRehearseEveryProcedure() throws IOException {
    String page = Docs.page(PAGE);
    List<String> sections = found(SECTION, page);
    List<String> rehearsed = found(REHEARSED, page);

    assertThat(sections).hasSizeGreaterThan(10);
    assertThat(rehearsed).as("a rehearsal for each of %s", sections).hasSameSizeAs(sections);
    assertThat(rehearsed).containsExactlyInAnyOrderElementsOf(rehearsals());
  }

  private static List<String> found(Pattern pattern, String text) {
    return pattern.matcher(text).results().map(match -> match.group(1)).toList();
  }

  /** Each has something that is run. */
  private static List<String> rehearsals() throws IOException {
    try (Stream<Path> files = Files.list(SOURCES)) {
      List<Path> all =
          files.filter(file -> file.toString().endsWith("Rehearsal.java")).sorted().toList();
      for (Path file : all) {
        assertThat(Files.readString(file)).as(file.toString()).contains("  @Test\n");
      }
      return all.stream().map(file -> file.getFileName().toString().replace(".java", "")).toList();
    }
  }
}
