package dev.tailrace.edge.desk;

import dev.tailrace.schemas.SourceId;
import dev.tailrace.schemas.Topics;
import dev.tailrace.support.letters.DeadLetters;
import dev.tailrace.support.letters.RejectedRecord;
import dev.tailrace.v1.DeadLetter;
import dev.tailrace.v1.SourceStamp;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * What could not be routed, as the console shows it.
 *
 * <p>Threading: any thread that may wait; each call has a consumer of its own.
 */
final class DeadLetterView {
  private static final Logger LOG = LoggerFactory.getLogger(DeadLetterView.class);

  /** A trace looks for so long at most, whatever else it has done before. */
  static final Duration SEARCH = Duration.ofSeconds(3);

  /** Of an answer; the newest ones that fit are told. */
  static final int MOST_ANSWERED = 8 << 20;

  /** A trace looks at so many of them, the newest. */
  private static final int SEARCHED = 10_000;

  private static final int MOST_HEADERS = 50;
  private static final int LONGEST_NAME = 200;
  private static final int LONGEST_DETAIL = 1_000;
  private static final String REASON = "REASON_";

  private final Supplier<Consumer<byte[], byte[]>> consumers;
  private final Duration longest;

  DeadLetterView(Supplier<Consumer<byte[], byte[]>> consumers) {
    this(consumers, SEARCH);
  }

  DeadLetterView(Supplier<Consumer<byte[], byte[]>> consumers, Duration longest) {
    this.consumers = consumers;
    this.longest = longest;
  }

  /**
   * What a search came to.
   *
   * @param letter null when there was none among those that were read
   * @param complete whether all was read that is searched
   */
  record Search(@Nullable Map<String, Object> letter, boolean complete) {}

  /** The newest so many, the last one first, as far as they fit into one answer. */
  Map<String, Object> newest(int limit) {
    try (Consumer<byte[], byte[]> consumer = consumers.get()) {
      Newest newest = new Newest(limit);
      new DeadLetters(consumer).read(limit, letter -> newest.add(json(letter)));
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("total", total(consumer));
      json.put("dead_letters", newest.letters.stream().map(Sized::json).toList());
      if (newest.cut) {
        json.put("cut", true);
      }
      return json;
    }
  }

  private record Sized(Map<String, Object> json, int bytes) {}

  /** The last ones that were added, within both bounds. */
  private static final class Newest {
    private final int most;
    private final Deque<Sized> letters = new ArrayDeque<>();
    private long bytes;
    private boolean cut;

    Newest(int most) {
      this.most = most;
    }

    void add(Map<String, Object> letter) {
      Sized one = new Sized(letter, JsonMapper.shared().writeValueAsBytes(letter).length);
      letters.addFirst(one);
      bytes += one.bytes;
      while (letters.size() > most || bytes > MOST_ANSWERED) {
        cut |= letters.size() <= most;
        bytes -= letters.removeLast().bytes;
      }
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
   * The newest one whose event had this id. It takes a time of its own: when that is over, or Kafka
   * fails meanwhile, what is told is what was read by then.
   */
  Search find(String id) {
    List<Map<String, Object>> found = new ArrayList<>();
    boolean complete = true;
    try (Consumer<byte[], byte[]> consumer = consumers.get()) {
      CompletableFuture.delayedExecutor(longest.toMillis(), TimeUnit.MILLISECONDS)
          .execute(consumer::wakeup);
      new DeadLetters(consumer)
          .read(
              SEARCHED,
              letter -> {
                if (EventIds.has(letter.kept(), id) || derivedId(letter.letter()).equals(id)) {
                  found.clear();
                  found.add(json(letter));
                }
              });
    } catch (InterruptException e) {
      throw e;
    } catch (UnknownTopicOrPartitionException e) {
      LOG.debug("there are no dead letters", e);
    } catch (KafkaException e) {
      LOG.debug("the dead letters are not all read", e);
      complete = false;
    }
    return new Search(found.isEmpty() ? null : found.getFirst(), complete);
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
    source.put("topic", cut(why.getTopic(), LONGEST_NAME));
    source.put("partition", why.getSource().getPartition());
    source.put("offset", why.getSource().getOffset());
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("offset", letter.kept().offset());
    json.put("time", ViewJson.moment(letter.kept().timestamp()));
    json.put("reason", why.getReason().name().replace(REASON, "").toLowerCase(Locale.ROOT));
    json.put("detail", cut(why.getDetail(), LONGEST_DETAIL));
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
    json.put("name", cut(header.key(), LONGEST_NAME));
    Map<String, Object> value = ViewJson.bytes(header.value());
    if (value == null) {
      json.put("value", null);
    } else {
      value.forEach((name, one) -> json.put(name.equals("text") ? "value" : name, one));
    }
    return json;
  }

  private static String cut(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most) + "…";
  }
}
