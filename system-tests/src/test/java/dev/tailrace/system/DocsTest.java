package dev.tailrace.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.dispatcher.ingress.IngressForm;
import dev.tailrace.dispatcher.metrics.DispatcherMetrics;
import dev.tailrace.edge.auth.AuthFailure;
import dev.tailrace.edge.connection.DisconnectReason;
import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.metrics.EdgeMetrics;
import dev.tailrace.edge.publish.PublishResult;
import dev.tailrace.testing.conversation.Conversation;
import dev.tailrace.v1.DeadLetter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the documentation names exists, and what clients and operators can meet is in it. */
class DocsTest {
  private static final Pattern FENCED = Pattern.compile("(?ms)^```.*?^```$");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");
  private static final Pattern MODULE_ROW = Pattern.compile("(?m)^\\| `([^`]+)` \\|");
  private static final Pattern MODULE = Pattern.compile("<module>(.+?)</module>");
  private static final Pattern QUOTE =
      Pattern.compile("(?ms)^<!-- from: (\\S+) -->\n```\\w+\n(.*?)^```$");
  private static final Pattern CODE = Pattern.compile("(?m)^```(java|js)$");
  private static final Pattern TEST = Pattern.compile("`(\\w+(?:IT|Test))(?:\\.(\\w+))?`");
  private static final Pattern FAMILY = Pattern.compile("(?m)^# TYPE (tailrace_\\w+) ");

  @Test
  void shouldLinkToWhatExists() throws IOException {
    List<String> broken = new ArrayList<>();
    for (Path page : Docs.pages()) {
      String text = FENCED.matcher(Files.readString(page)).replaceAll("");
      for (String link : found(LINK, text)) {
        if (!link.contains("://") && !isThere(page, link)) {
          broken.add(Docs.root().relativize(page) + " -> " + link);
        }
      }
    }

    assertThat(Docs.pages()).hasSizeGreaterThan(10);
    assertThat(broken).isEmpty();
  }

  private static boolean isThere(Path page, String link) throws IOException {
    String[] parts = link.split("#", 2);
    Path target = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]).normalize();
    if (!Files.exists(target)) {
      return false;
    }
    return parts.length == 1
        || found(HEADING, Files.readString(target)).stream()
            .map(DocsTest::anchor)
            .anyMatch(parts[1]::equals);
  }

  /** A guard is worth what its test is. */
  @Test
  void shouldNameTestsThatExist() throws IOException {
    List<String> missing = new ArrayList<>();
    List<MatchResult> named = TEST.matcher(Docs.page("SECURITY.md")).results().toList();
    for (MatchResult test : named) {
      String source = Docs.testSource(test.group(1));
      if (source.isEmpty() || (test.group(2) != null && !source.contains(test.group(2) + "("))) {
        missing.add(test.group());
      }
    }

    assertThat(named).hasSizeGreaterThan(20);
    assertThat(missing).isEmpty();
  }

  /** As the usual renderers make one of a heading. */
  private static String anchor(String heading) {
    return heading.toLowerCase(Locale.ROOT).replaceAll("[^\\p{Alnum} _-]", "").replace(' ', '-');
  }

  /** What runs in tests is what people copy. */
  @Test
  void shouldQuoteItsProducersAsTheyAre() throws IOException {
    int quotes = 0;
    for (Path page : Docs.pages()) {
      String text = Files.readString(page);
      for (MatchResult quote : QUOTE.matcher(text).results().toList()) {
        assertThat(Docs.page(quote.group(1))).as(page.toString()).contains(quote.group(2));
        quotes++;
      }
      if (page.startsWith(Docs.root().resolve("docs/producers"))) {
        assertThat(QUOTE.matcher(text).results().count())
            .as(page + " has code that no test runs")
            .isEqualTo(CODE.matcher(text).results().count());
      }
    }

    assertThat(quotes).isEqualTo(2 * AnyProducerIT.FORMS.size());
  }

  @Test
  void shouldNameEveryFormOfARecord() throws IOException {
    String producers = Docs.page("docs/producers/README.md");

    assertThat(IngressForm.values())
        .allMatch(
            form -> producers.contains("`" + form.label() + "`"), "is in producers/README.md");
  }

  @Test
  void shouldMapEveryModule() throws IOException {
    String readme = Docs.page("README.md");
    List<String> mapped =
        found(MODULE_ROW, readme.substring(readme.indexOf("\n## Modules"))).stream().toList();

    assertThat(mapped).allMatch(path -> Files.isDirectory(Docs.root().resolve(path)));
    assertThat(mapped).containsAll(found(MODULE, Docs.page("pom.xml")));
  }

  @Test
  void shouldNameEveryErrorOfTheProtocol() throws IOException {
    String errors = Docs.page("docs/protocol/common.md");
    Stream<String> codes =
        Stream.concat(
            Arrays.stream(AuthFailure.values()).map(AuthFailure::code),
            Arrays.stream(PublishResult.RefusalReason.values())
                .map(PublishResult.RefusalReason::code));

    assertThat(codes).allMatch(code -> errors.contains("`" + code + "`"), "is in common.md");
  }

  @Test
  void shouldNameEveryCloseOfAWebSocket() throws IOException {
    String page = Docs.page("docs/protocol/websocket.md");

    assertThat(DisconnectReason.values())
        .allMatch(
            reason -> page.contains("| %d | %s".formatted(reason.closeCode(), reason.text())),
            "is in websocket.md");
  }

  @Test
  void shouldNameEveryReasonOfAGapAndOfADeadLetter() throws IOException {
    String guarantees = Docs.page("docs/guarantees.md");
    String event = Docs.page("docs/protocol/event.md");

    assertThat(Notice.Gap.Reason.values())
        .allMatch(reason -> guarantees.contains("`" + reason.text() + "`"), "is in guarantees.md");
    assertThat(DeadLetter.Reason.values())
        .filteredOn(reason -> reason != DeadLetter.Reason.UNRECOGNIZED && reason.getNumber() > 0)
        .extracting(reason -> reason.name().substring("REASON_".length()).toLowerCase(Locale.ROOT))
        .allMatch(reason -> event.contains("`" + reason + "`"), "is in event.md");
  }

  @Test
  void shouldListEveryConversation() throws IOException {
    String readme = Docs.page("docs/protocol/conversations/README.md");

    assertThat(Conversation.all()).hasSizeGreaterThan(20);
    assertThat(Conversation.all())
        .allMatch(conversation -> readme.contains("(" + conversation + ")"), "is in its README");
  }

  @Test
  void shouldNameEveryMetric() throws Exception {
    String operations = Docs.page("docs/operations.md");
    List<String> families = new ArrayList<>();
    try (EdgeMetrics edge = new EdgeMetrics();
        DispatcherMetrics dispatcher = new DispatcherMetrics()) {
      edge.connections().opened("sse");
      edge.connections().closed("sse", "client");
      edge.connections().refused("sse", "overloaded");
      edge.delivery().gap("retention");
      edge.publish().refused("busy");
      families.addAll(found(FAMILY, edge.scrape()));
      families.addAll(found(FAMILY, dispatcher.scrape()));
    }

    assertThat(families).hasSizeGreaterThan(20);
    assertThat(families)
        .filteredOn(family -> !family.endsWith("_max"))
        .allMatch(family -> operations.contains("`" + family + "`"), "is in operations.md");
  }

  private static List<String> found(Pattern pattern, String text) {
    return pattern.matcher(text).results().map((MatchResult m) -> m.group(1)).toList();
  }
}
