package dev.tailrace.cli;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.slf4j.event.KeyValuePair;
import tools.jackson.databind.node.ObjectNode;

/**
 * A log event as one JSON object on one line, in ASCII alone. Its names are those of
 * docs/operations.md, and stay. What looks like a JWT is not written down, whoever says it.
 *
 * <p>Threading: any thread.
 */
final class JsonLogEncoder extends EncoderBase<ILoggingEvent> {
  /** Names of key-values, or of the MDC, that stand beside the message rather than below it. */
  private static final List<String> TRACE = List.of("trace_id", "span_id");

  private static final Pattern TOKEN = Pattern.compile("eyJ[\\w-]+\\.[\\w-]+\\.[\\w-]*");
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
  private static final byte[] NOTHING = {};

  private final String part;
  private final String process;

  /**
   * Lines of one process.
   *
   * @param part edge, dispatcher
   * @param process what it is called in the fleet
   */
  JsonLogEncoder(String part, String process) {
    this.part = part;
    this.process = process;
  }

  @Override
  public byte[] headerBytes() {
    return NOTHING;
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    ObjectNode line = JsonLine.object();
    line.put("time", TIME.format(time(event)));
    line.put("level", event.getLevel().toString());
    line.put("part", part);
    line.put("process", process);
    line.put("logger", event.getLoggerName());
    line.put("thread", event.getThreadName());
    line.put("message", text(event.getFormattedMessage()));
    IThrowableProxy thrown = event.getThrowableProxy();
    if (thrown != null) {
      line.put("exception", text(ThrowableProxyUtil.asString(thrown).stripTrailing()));
    }
    Map<String, Object> values = values(event);
    for (String name : TRACE) {
      Object value = values.remove(name);
      if (value != null) {
        line.put(name, text(value));
      }
    }
    if (!values.isEmpty()) {
      ObjectNode fields = line.putObject("fields");
      values.forEach((name, value) -> put(fields, text(name), value));
    }
    return (JsonLine.text(line) + "\n").getBytes(StandardCharsets.US_ASCII);
  }

  private static Instant time(ILoggingEvent event) {
    Instant exact = event.getInstant();
    return exact == null ? Instant.ofEpochMilli(event.getTimeStamp()) : exact;
  }

  /** Those of the line itself count over those of its thread. */
  private static Map<String, Object> values(ILoggingEvent event) {
    Map<String, Object> values = new LinkedHashMap<>(event.getMDCPropertyMap());
    List<KeyValuePair> pairs = event.getKeyValuePairs();
    if (pairs != null) {
      pairs.forEach(pair -> values.put(pair.key, Objects.requireNonNullElse(pair.value, "null")));
    }
    return values;
  }

  private static void put(ObjectNode fields, String name, Object value) {
    switch (value) {
      case Integer number -> fields.put(name, number);
      case Long number -> fields.put(name, number);
      case Boolean flag -> fields.put(name, flag);
      default -> fields.put(name, text(value));
    }
  }

  private static String text(Object value) {
    return TOKEN.matcher(String.valueOf(value)).replaceAll("(token)");
  }

  @Override
  public byte[] footerBytes() {
    return NOTHING;
  }
}
