package dev.tailrace.cli;

import dev.tailrace.dispatcher.config.TopicConfig;
import dev.tailrace.schemas.Printable;
import dev.tailrace.support.config.Settings;
import dev.tailrace.support.kafka.IngressSettings;
import dev.tailrace.support.kafka.KafkaSettings;
import dev.tailrace.support.letters.DeadLetters;
import dev.tailrace.support.letters.RejectedRecord;
import dev.tailrace.v1.DeadLetter.Reason;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/**
 * Shows what could not be routed, and writes it again.
 *
 * <p>Threading: the main thread's.
 */
@Command(
    name = "dead-letters",
    description = {
      "list: shows the records that the dispatcher could not route: id, time, reason, where each"
          + " was, how long it is, and what is wrong with it.",
      "replay: writes those that are named, as their producer wrote them, to the topic in which"
          + " they were: once what was wrong with them is mended, such as a limit. Each becomes a"
          + " new record there, and a new dead letter if it still cannot be routed; the old one"
          + " stays. Ends with 1 when one could not be written."
    },
    footer = {
      "Examples:",
      "  ./tailrace dead-letters list --last 20",
      "  ./tailrace dead-letters list --reason data_too_large",
      "  ./tailrace dead-letters replay --id 0-17 --id 0-18",
      "  ./tailrace dead-letters replay --reason data_too_large"
    })
final class DeadLettersCommand extends ConfiguredCommand {
  private static final int TIMEOUT_MS = 15_000;
  private static final int LONGEST_TEXT = 600;
  private static final String PREFIX = "REASON_";

  /** What is done. */
  enum Action {
    LIST,
    REPLAY
  }

  @Parameters(paramLabel = "list|replay", description = "What to do")
  private Action action = Action.LIST;

  @Option(
      names = "--last",
      paramLabel = "N",
      description = "Only the last N of each partition (default: list 100, replay all)")
  private long last;

  @Option(names = "--reason", paramLabel = "REASON", description = "Only those with this reason")
  private String reason = "";

  @Option(names = "--id", paramLabel = "ID", description = "Only this one. Repeatable")
  private Set<String> ids = new HashSet<>();

  @Mixin private OutputOption output = new OutputOption();

  @Override
  public Integer call() {
    Reason wanted = wanted();
    if (last < 0) {
      throw CommandException.usage("--last is 1 or more");
    }
    if (action == Action.REPLAY && output.isJson()) {
      throw CommandException.usage("--output goes with list");
    }
    if (action == Action.REPLAY && ids.isEmpty() && reason.isEmpty() && last == 0) {
      throw CommandException.usage("replay what? --id, --reason or --last");
    }
    Settings settings = settings();
    KafkaSettings kafka = KafkaSettings.from(settings);
    long most = last > 0 ? last : ids.isEmpty() && action == Action.LIST ? 100 : Long.MAX_VALUE;
    try (KafkaConsumer<byte[], byte[]> consumer = consumer(kafka)) {
      DeadLetters letters = new DeadLetters(consumer);
      if (action == Action.LIST) {
        letters.read(most, letter -> list(letter, wanted));
        return 0;
      }
      try (Producer<byte[], byte[]> producer = producer(kafka)) {
        Replay replay = new Replay(producer, settings.get(IngressSettings.TOPICS));
        letters.read(most, letter -> replay.take(letter, wanted));
        return replay.end();
      }
    }
  }

  private Reason wanted() {
    if (reason.isEmpty()) {
      return Reason.UNRECOGNIZED;
    }
    try {
      return Reason.valueOf(PREFIX + reason.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw CommandException.usage(
          "no reason %s; there are %s".formatted(reason, String.join(", ", reasons())), e);
    }
  }

  private static List<String> reasons() {
    return List.of(Reason.values()).stream()
        .filter(one -> one != Reason.UNRECOGNIZED && one != Reason.REASON_UNSPECIFIED)
        .map(DeadLettersCommand::text)
        .toList();
  }

  private static String text(Reason reason) {
    return reason.name().replace(PREFIX, "").toLowerCase(Locale.ROOT);
  }

  private boolean isMeant(RejectedRecord letter, Reason wanted) {
    return (ids.isEmpty() || ids.contains(letter.id()))
        && (wanted == Reason.UNRECOGNIZED || letter.letter().getReason() == wanted);
  }

  private void list(RejectedRecord letter, Reason wanted) {
    if (!isMeant(letter, wanted)) {
      return;
    }
    if (output.isJson()) {
      JsonLine.print(out(), json(letter));
    } else {
      out()
          .printf(
              "%s %s %s %s-%d@%d %s %s%n",
              letter.id(),
              Instant.ofEpochMilli(letter.kept().timestamp()),
              text(letter.letter().getReason()),
              Printable.of(letter.letter().getTopic(), LONGEST_TEXT),
              letter.letter().getSource().getPartition(),
              letter.letter().getSource().getOffset(),
              letter.valueBytes() < 0 ? "no value" : letter.valueBytes() + " bytes",
              Printable.of(letter.letter().getDetail(), LONGEST_TEXT));
    }
  }

  private static ObjectNode json(RejectedRecord letter) {
    ObjectNode json = JsonLine.object();
    json.put("id", letter.id())
        .put("time", Instant.ofEpochMilli(letter.kept().timestamp()).toString())
        .put("reason", text(letter.letter().getReason()))
        .put("detail", letter.letter().getDetail());
    json.putObject("source")
        .put("topic", letter.letter().getTopic())
        .put("partition", letter.letter().getSource().getPartition())
        .put("offset", letter.letter().getSource().getOffset());
    if (letter.valueBytes() >= 0) {
      json.put("bytes", letter.valueBytes());
    }
    return json;
  }

  /** Writes one after the other: a broker that refuses one is told of by its id. */
  private final class Replay {
    private final Producer<byte[], byte[]> producer;
    private final List<String> topics;
    private final Set<String> missing = new HashSet<>(ids);
    private int written;
    private int left;

    private Replay(Producer<byte[], byte[]> producer, List<String> topics) {
      this.producer = producer;
      this.topics = topics;
    }

    private void take(RejectedRecord letter, Reason wanted) {
      if (!isMeant(letter, wanted)) {
        return;
      }
      missing.remove(letter.id());
      String obstacle = letter.obstacle();
      if (obstacle.isEmpty() && !topics.contains(letter.letter().getTopic())) {
        obstacle = letter.letter().getTopic() + " is none of " + IngressSettings.TOPICS.key();
      }
      if (obstacle.isEmpty()) {
        obstacle = write(letter);
      }
      if (!obstacle.isEmpty()) {
        left++;
        err().println(letter.id() + " is not written: " + Printable.of(obstacle, LONGEST_TEXT));
      }
    }

    private String write(RejectedRecord letter) {
      try {
        RecordMetadata metadata = producer.send(letter.asWritten()).get();
        written++;
        out()
            .printf(
                "%s is %s-%d@%d now%n",
                letter.id(), metadata.topic(), metadata.partition(), metadata.offset());
        return "";
      } catch (ExecutionException e) {
        return String.valueOf(e.getCause() == null ? e.getMessage() : e.getCause().getMessage());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw CommandException.failed("interrupted", e);
      }
    }

    private int end() {
      missing.forEach(id -> err().println("there is no " + id));
      out().printf("%d written again%n", written);
      return left + missing.size() > 0 ? CommandException.FAILED : 0;
    }
  }

  private static KafkaConsumer<byte[], byte[]> consumer(KafkaSettings kafka) {
    return new KafkaConsumer<>(
        kafka.client(
            "tailrace-dead-letters",
            Map.of(
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                false,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                TIMEOUT_MS / 3,
                ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                TIMEOUT_MS)),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }

  private static Producer<byte[], byte[]> producer(KafkaSettings kafka) {
    return new KafkaProducer<>(
        kafka.client(
            "tailrace-dead-letters",
            Map.of(
                ProducerConfig.ACKS_CONFIG,
                "all",
                ProducerConfig.LINGER_MS_CONFIG,
                0,
                ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                TopicConfig.MAX_MESSAGE_BYTES,
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                TIMEOUT_MS / 3,
                ProducerConfig.MAX_BLOCK_MS_CONFIG,
                TIMEOUT_MS,
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                TIMEOUT_MS)),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }
}
