package dev.tailrace.cli;

import dev.tailrace.dispatcher.admin.TopicFinding;
import dev.tailrace.dispatcher.admin.TopicProvisioner;
import dev.tailrace.dispatcher.config.DispatcherConfig;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Checks and creates the platform's topics without a dispatcher.
 *
 * <p>Threading: the main thread's.
 */
@Command(
    name = "topics",
    description = {
      "check: holds the topics against what the platform needs, changes nothing, and says for each"
          + " that is not right what to run. Ends with 1 when a dispatcher would refuse one.",
      "create: creates those that are missing, as a dispatcher does at its start, and checks all."
    },
    footer = {
      "Examples:",
      "  ./tailrace topics check --kafka-bootstrap-servers kafka-1:9092",
      "  ./tailrace topics create --topics-users-partitions 64 --topics-channels-partitions 65",
      "The topics.* settings are those of the dispatcher: give both the same."
    })
final class TopicsCommand extends ConfiguredCommand {
  private static final Duration TIMEOUT = Duration.ofSeconds(15);

  /** What is done. */
  enum Action {
    CHECK,
    CREATE
  }

  @Parameters(paramLabel = "check|create", description = "What to do")
  private Action action = Action.CHECK;

  @Mixin private OutputOption output = new OutputOption();

  @Override
  public Integer call() {
    DispatcherConfig config = DispatcherConfig.from(settings());
    Map<String, Object> patience =
        Map.of(
            CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG,
            Math.toIntExact(TIMEOUT.toMillis()),
            CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG,
            Math.toIntExact(TIMEOUT.toMillis()) / 3);
    try (Admin admin = Admin.create(config.kafka().client("tailrace-topics", patience))) {
      TopicProvisioner topics =
          new TopicProvisioner(admin, config.kafka().bootstrapServers(), config.topics(), TIMEOUT);
      if (action == Action.CREATE) {
        List<String> created = topics.create();
        return report(created, topics.checkCreated());
      }
      return report(List.of(), topics.check());
    }
  }

  private int report(List<String> created, List<TopicFinding> findings) {
    long refused = findings.stream().filter(TopicFinding::refused).count();
    if (output.isJson()) {
      print(created, findings, refused);
    } else {
      say(created, findings, refused);
    }
    return refused > 0 ? CommandException.FAILED : 0;
  }

  private void print(List<String> created, List<TopicFinding> findings, long refused) {
    ObjectNode report = JsonLine.object();
    report.put("works", refused == 0).put("to_mend", refused);
    ArrayNode topics = report.putArray("created");
    created.forEach(topics::add);
    ArrayNode list = report.putArray("findings");
    for (TopicFinding finding : findings) {
      list.addObject()
          .put("topic", finding.topic())
          .put("severity", finding.severity().name().toLowerCase(Locale.ROOT))
          .put("text", finding.text());
    }
    JsonLine.print(out(), report);
  }

  private void say(List<String> created, List<TopicFinding> findings, long refused) {
    created.forEach(topic -> out().println("created " + topic));
    for (TopicFinding finding : findings) {
      out().println((finding.refused() ? "refused: " : "warning: ") + finding);
    }
    out()
        .println(
            refused > 0
                ? "no dispatcher works with these topics: %d to mend".formatted(refused)
                : "a dispatcher works with these topics");
  }
}
