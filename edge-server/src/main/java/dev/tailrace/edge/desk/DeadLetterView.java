package dev.tailrace.edge.desk;

import dev.tailrace.edge.agent.EdgeClock;
import dev.tailrace.schemas.SourceId;
import dev.tailrace.schemas.Topics;
import dev.tailrace.support.letters.DeadLetters;
import dev.tailrace.support.letters.RejectedRecord;
import dev.tailrace.v1.DeadLetter;
import dev.tailrace.v1.SourceStamp;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * What could not be routed, as the console shows it.
 *
 * <p>Threading: any thread that may wait; each call has a consumer of its own.
 */
final class DeadLetterView {
  /** A trace looks at so many of them, the newest. */
  private static final int SEARCHED = 10_000;

  private static final int MOST_HEADERS = 50;
  private static final String REASON = "REASON_";

  private final Supplier<Consumer<byte[], byte[]>> consumers;
  private final EdgeClock clock;

  DeadLetterView(Supplier<Consumer<byte[], byte[]>> consumers, EdgeClock clock) {
    this.consumers = consumers;
    this.clock = clock;
  }

  /** The newest so many, the last one first. */
  Map<String, Object> newest(int limit) {
    try (Consumer<byte[], byte[]> consumer = consumers.get()) {
      Deque<Map<String, Object>> letters = new ArrayDeque<>();
      new DeadLetters(consumer)
          .read(
              limit,
              letter -> {
                letters.addFirst(json(letter));
                if (letters.size() > limit) {
                  letters.removeLast();
                }
              });
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("total", total(consumer));
      json.put("dead_letters", List.copyOf(letters));
      return json;
    }
  }

  private static long total(Consumer<byte[], byte[]> consumer) {
    List<TopicPartition> partitions = List.copyOf(consumer.assignment());
    Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
    long total = 0;
    for (Map.Entry<TopicPartition, Long> end : consumer.endOffsets(partitions).entrySet()) {
      total += end.getValue() - begins.getOrDefault(end.getKey(), 0L);
    }
    return total;
  }

  /**
   * The newest one whose event had this id; null when there is none that can be read.
   *
   * @param untilMs not longer than that, by the monotonic clock
   * @throws TimeoutException then
   */
  @Nullable Map<String, Object> find(String id, long untilMs) {
    try (Consumer<byte[], byte[]> consumer = consumers.get()) {
      List<Map<String, Object>> found = new ArrayList<>();
      new DeadLetters(consumer)
          .read(
              SEARCHED,
              letter -> {
                if (clock.monotonicMs() > untilMs) {
                  throw new TimeoutException("the dead letters are too many to be searched");
                }
                if (EventIds.has(letter.kept(), id) || derivedId(letter.letter()).equals(id)) {
                  found.clear();
                  found.add(json(letter));
                }
              });
      return found.isEmpty() ? null : found.getFirst();
    }
  }

  /** The id that an event has which brings none. */
  private static String derivedId(DeadLetter letter) {
    SourceStamp stamp = letter.getSource();
    SourceId source = SourceId.of(stamp.getTopicId(), stamp.getPartition());
    return "%s-%d-%d"
        .formatted(
            new Uuid(source.topicHigh(), source.topicLow()),
            stamp.getPartition(),
            stamp.getOffset());
  }

  private static Map<String, Object> json(RejectedRecord letter) {
    DeadLetter why = letter.letter();
    Map<String, Object> source = new LinkedHashMap<>();
    source.put("topic", why.getTopic());
    source.put("partition", why.getSource().getPartition());
    source.put("offset", why.getSource().getOffset());
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("offset", letter.kept().offset());
    json.put("time", ViewJson.moment(letter.kept().timestamp()));
    json.put("reason", why.getReason().name().replace(REASON, "").toLowerCase(Locale.ROOT));
    json.put("detail", why.getDetail());
    json.put("source", source);
    putKey(json, letter.kept().key());
    json.put("value", ViewJson.bytes(letter.kept().value()));
    json.put("headers", headers(letter));
    return json;
  }

  /** Text, mostly; what is none is told as what it is. */
  private static void putKey(Map<String, Object> json, byte @Nullable [] key) {
    Map<String, Object> shown = ViewJson.bytes(key);
    if (shown == null) {
      json.put("key", null);
      return;
    }
    json.put(shown.containsKey("text") ? "key" : "key_base64", shown.values().iterator().next());
    if (shown.containsKey("cut")) {
      json.put("key_cut", true);
    }
  }

  private static List<Map<String, Object>> headers(RejectedRecord letter) {
    List<Map<String, Object>> headers = new ArrayList<>();
    for (Header header : letter.kept().headers()) {
      if (headers.size() < MOST_HEADERS && !header.key().equals(Topics.DEAD_LETTER_HEADER)) {
        headers.add(header(header));
      }
    }
    return headers;
  }

  private static Map<String, Object> header(Header header) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", header.key());
    Map<String, Object> value = ViewJson.bytes(header.value());
    if (value == null) {
      json.put("value", null);
    } else {
      value.forEach((name, one) -> json.put(name.equals("text") ? "value" : name, one));
    }
    return json;
  }
}
