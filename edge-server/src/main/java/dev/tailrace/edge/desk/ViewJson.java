package dev.tailrace.edge.desk;

import com.google.protobuf.Timestamp;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.v1.Answer;
import dev.tailrace.v1.ConnectionView;
import dev.tailrace.v1.ReaderView;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Answers as the console's JSON has them.
 *
 * <p>Threading: stateless.
 */
final class ViewJson {
  /** More bytes of a key or a value are not shown. */
  static final int MOST_BYTES = 4 << 10;

  /** More connections of all edges together are not told of. */
  static final int MOST_CONNECTIONS = 500;

  /** Bytes of a character whose last one is missing. */
  private static final int LONGEST_REST = 3;

  /** The years that can be written with four digits: whoever writes may write any number. */
  private static final long FIRST_SECOND = -62_135_596_800L;

  private static final long LAST_SECOND = 253_402_300_799L;

  private ViewJson() {}

  static String name(Lane lane) {
    return lane.name().toLowerCase(Locale.ROOT);
  }

  static String moment(Timestamp moment) {
    long seconds = Math.clamp(moment.getSeconds(), FIRST_SECOND, LAST_SECOND);
    return Instant.ofEpochSecond(seconds, Math.clamp(moment.getNanos(), 0, 999_999_999)).toString();
  }

  static String moment(long ms) {
    return Instant.ofEpochMilli(Math.clamp(ms, FIRST_SECOND * 1_000, LAST_SECOND * 1_000))
        .toString();
  }

  /** Where an address lies. */
  static Map<String, Object> place(LanePartition partition, int slot) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("lane", name(partition.lane()));
    json.put("slot", slot);
    json.put("generation", partition.generation());
    json.put("partition", partition.partition());
    json.put("topic", partition.topic());
    return json;
  }

  /** What edges answered, of {@link #MOST_CONNECTIONS} connections at most. */
  static List<Map<String, Object>> connections(Iterable<Answer> answers) {
    List<Map<String, Object>> all = new ArrayList<>();
    for (Answer answer : answers) {
      for (ConnectionView view : answer.getConnectionsList()) {
        if (all.size() < MOST_CONNECTIONS) {
          all.add(connection(answer.getProcess(), view));
        }
      }
    }
    return all;
  }

  static Map<String, Object> connection(String process, ConnectionView view) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("process", process);
    json.put("id", view.getId());
    json.put("user", view.getUser());
    json.put("transport", view.getTransport());
    json.put("state", view.getState());
    json.put("address", view.getAddress());
    json.put("since", moment(view.getSince()));
    json.put("channels", List.copyOf(view.getChannelsList()));
    json.put("channel_count", view.getChannelCount());
    json.put("readers", view.getReadersList().stream().map(ViewJson::reader).toList());
    json.put("pending_bytes", view.getPendingBytes());
    return json;
  }

  private static Map<String, Object> reader(ReaderView view) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("lane", view.getLane());
    json.put("generation", view.getGeneration());
    json.put("partition", view.getPartition());
    json.put("next_offset", view.getNextOffset());
    json.put("end_offset", view.getEndOffset());
    return json;
  }

  /** Bytes of nobody knows what: text where it is UTF-8, else base64; null for none. */
  static @Nullable Map<String, Object> bytes(byte @Nullable [] bytes) {
    if (bytes == null) {
      return null;
    }
    boolean cut = bytes.length > MOST_BYTES;
    byte[] shown = cut ? Arrays.copyOf(bytes, MOST_BYTES) : bytes;
    Map<String, Object> json = new LinkedHashMap<>();
    String text = utf8(shown, cut);
    if (text == null) {
      json.put("base64", Base64.getEncoder().encodeToString(shown));
    } else {
      json.put("text", text);
    }
    if (cut) {
      json.put("cut", true);
    }
    return json;
  }

  /** Null when it is none; what was cut within a character is without it. */
  private static @Nullable String utf8(byte[] bytes, boolean cut) {
    for (int less = 0; less <= (cut ? LONGEST_REST : 0) && less <= bytes.length; less++) {
      String text = decoded(ByteBuffer.wrap(bytes, 0, bytes.length - less));
      if (text != null) {
        return text;
      }
    }
    return null;
  }

  private static @Nullable String decoded(ByteBuffer utf8) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(utf8)
          .toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }
}
