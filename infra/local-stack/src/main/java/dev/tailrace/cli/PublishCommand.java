package dev.tailrace.cli;

import com.google.protobuf.ByteString;
import dev.tailrace.cli.console.Cells;
import dev.tailrace.schemas.EventLimits;
import dev.tailrace.schemas.EventRules;
import dev.tailrace.schemas.EventRules.Violation;
import dev.tailrace.schemas.Topics;
import dev.tailrace.support.kafka.KafkaSettings;
import dev.tailrace.v1.Event;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Writes an event to Kafka.
 *
 * <p>Threading: the main thread's.
 */
@Command(
    name = "publish",
    description =
        "Writes an event to Kafka's ingress topic, as any producer could. Prints its id, partition"
            + " and offset once Kafka has acknowledged it. Ends with 1 when that does not happen.",
    footer = {
      "Examples:",
      "  ./tailrace publish scores --type goal --data '{\"home\":1,\"away\":0}'",
      "  ./tailrace publish --user 42 --type greeting --data 'Hello!' --content-type text/plain",
      "  ./tailrace publish --channel prices --data '{\"ACME\":17}' --count 10000 --rate 1000"
    })
final class PublishCommand extends ConfiguredCommand {
  @Parameters(paramLabel = "CHANNEL", arity = "0..*", description = "Channels that it is for")
  private List<String> channels = new ArrayList<>();

  @Option(
      names = "--channel",
      paramLabel = "NAME",
      description = "Another, as a parameter does. Repeatable")
  private List<String> moreChannels = new ArrayList<>();

  @Option(names = "--user", paramLabel = "USER", description = "A user who gets it. Repeatable")
  private List<String> users = new ArrayList<>();

  @Option(names = "--type", paramLabel = "TYPE", description = "What kind of event it is")
  private String type = "";

  @Option(names = "--data", paramLabel = "TEXT", description = "Its data, as UTF-8")
  private @Nullable String data;

  @Option(names = "--data-file", paramLabel = "FILE", description = "Its data, from a file")
  private @Nullable Path dataFile;

  @Option(
      names = "--content-type",
      paramLabel = "TYPE",
      description = "Media type of the data; without one, JSON if it parses as JSON")
  private String contentType = "";

  @Option(names = "--id", paramLabel = "ID", description = "Its id (default: a random one)")
  private String id = "";

  @Option(
      names = "--ttl",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "How long clients may still be given it: 30s, 5m (default: no limit)")
  private @Nullable Duration ttl;

  @Option(
      names = "--topic",
      paramLabel = "TOPIC",
      defaultValue = Topics.EVENTS,
      description = "The ingress topic (default: ${DEFAULT-VALUE})")
  private String topic = Topics.EVENTS;

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "1",
      description = "How many copies to write, their ids numbered (default: ${DEFAULT-VALUE})")
  private long count = 1;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "0",
      description = "How many copies a second (default: as fast as Kafka takes them)")
  private int rate;

  @Mixin private OutputOption output = new OutputOption();

  private final Clock clock = Clock.systemUTC();

  @Override
  public Integer call() {
    if (count < 1 || rate < 0) {
      throw CommandException.usage("--count is 1 or more, --rate 0 or more");
    }
    Event event = event();
    KafkaSettings kafka = KafkaSettings.from(settings());
    PrintWriter out = out();
    try (EventPublisher publisher = EventPublisher.connect(kafka, topic, clock)) {
      if (count == 1) {
        RecordMetadata written = publisher.publish(event);
        print(out, event.getId(), written);
      } else {
        publisher.publish(event, count, rate);
        print(out, event.getId());
      }
    }
    return 0;
  }

  private void print(PrintWriter out, String eventId, RecordMetadata written) {
    if (output.isJson()) {
      JsonLine.print(
          out,
          JsonLine.object()
              .put("id", eventId)
              .put("topic", topic)
              .put("partition", written.partition())
              .put("offset", written.offset()));
    } else {
      out.printf(
          "id=%s topic=%s partition=%d offset=%d%n",
          Cells.shown(eventId), topic, written.partition(), written.offset());
    }
  }

  private void print(PrintWriter out, String eventId) {
    if (output.isJson()) {
      JsonLine.print(
          out,
          JsonLine.object()
              .put("events", count)
              .put("first_id", eventId + "-1")
              .put("last_id", eventId + "-" + count)
              .put("topic", topic));
    } else {
      out.printf(
          "%d events, id=%s-1 to id=%2$s-%1$d, topic=%s%n", count, Cells.shown(eventId), topic);
    }
  }

  private Event event() {
    Set<String> allChannels = new LinkedHashSet<>(channels);
    allChannels.addAll(moreChannels);
    Event.Builder event =
        Event.newBuilder()
            .setId(id.isEmpty() ? UUID.randomUUID().toString() : id)
            .addAllChannels(allChannels)
            .addAllUsers(users)
            .setType(type)
            .setContentType(contentType)
            .setData(data());
    if (ttl != null) {
      event.setTtl(
          com.google.protobuf.Duration.newBuilder()
              .setSeconds(ttl.getSeconds())
              .setNanos(ttl.getNano()));
    }
    Violation violation = EventRules.check(event.build(), EventLimits.DEFAULT);
    if (violation != null) {
      throw CommandException.usage(
          violation.detail()
              + (allChannels.isEmpty() && users.isEmpty()
                  ? ": name a channel, or give --channel or --user"
                  : ""));
    }
    return event.build();
  }

  private ByteString data() {
    if (data != null && dataFile != null) {
      throw CommandException.usage("--data and --data-file exclude each other");
    }
    if (dataFile == null) {
      return ByteString.copyFromUtf8(data == null ? "" : data);
    }
    try {
      return ByteString.copyFrom(Files.readAllBytes(dataFile));
    } catch (IOException e) {
      throw CommandException.usage("--data-file " + dataFile + " cannot be read: " + e, e);
    }
  }
}
