package dev.tailrace.edge.transport;

import dev.tailrace.edge.connection.Notice;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * Notices as JSON: the bodies that SSE control blocks, WebSocket frames and poll answers share.
 *
 * <p>Threading: stateless.
 */
public final class NoticeJson {
  private NoticeJson() {}

  /** The object of a gap. */
  public static String gap(Notice.Gap gap) {
    return JsonMapper.shared().writeValueAsString(gapFields(gap));
  }

  /** {@code {"channels":[…]}}. */
  public static String conflated(Notice.Conflated conflated) {
    return JsonMapper.shared().writeValueAsString(Map.of("channels", conflated.channels()));
  }

  /** {@code {"cursor":…}}. */
  public static String cursor(String cursor) {
    return JsonMapper.shared().writeValueAsString(Map.of("cursor", cursor));
  }

  /** {@code {"expires":…}}. */
  public static String tokenExpiring(Notice.TokenExpiring expiring) {
    return JsonMapper.shared().writeValueAsString(Map.of("expires", expiring.at().toString()));
  }

  /** The object of an error that answers no command. */
  public static String error(Notice.CommandError error) {
    Map<String, Object> fields = new LinkedHashMap<>();
    putError(fields, error);
    return JsonMapper.shared().writeValueAsString(fields);
  }

  /** Adds the members of an error, but for whose answer it is. */
  public static void putError(Map<String, Object> fields, Notice.CommandError error) {
    fields.put("code", error.code());
    fields.put("message", error.message());
    if (error.channel() != null) {
      fields.put("channel", error.channel());
    }
  }

  private static Map<String, Object> gapFields(Notice.Gap gap) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("channels", gap.channels());
    if (gap.from() != null) {
      fields.put("from", gap.from().toString());
    }
    if (gap.to() != null) {
      fields.put("to", gap.to().toString());
    }
    fields.put("reason", gap.reason().text());
    fields.put("cursor", gap.cursor());
    if (gap.approximate()) {
      fields.put("approximate", true);
    }
    return fields;
  }
}
