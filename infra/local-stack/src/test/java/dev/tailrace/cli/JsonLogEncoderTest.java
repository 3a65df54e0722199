package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import tools.jackson.databind.JsonNode;

class JsonLogEncoderTest {
  private static final String TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiJ9.c2lnbmF0dXJl";

  private final LoggerContext context = new LoggerContext();
  private final JsonLogEncoder encoder = new JsonLogEncoder("edge", "edge-1:8090");

  /** The line that becomes of what is logged. */
  private JsonNode line(Consumer<Logger> logs) {
    context.setMDCAdapter(new ch.qos.logback.classic.util.LogbackMDCAdapter());
    ListAppender<ILoggingEvent> events = new ListAppender<>();
    events.setContext(context);
    events.start();
    ch.qos.logback.classic.Logger logger = context.getLogger("dev.tailrace.A");
    logger.addAppender(events);
    logs.accept(logger);
    String text = encoded(events.list.getFirst());
    assertThat(text).endsWith("}\n");
    assertThat(text.chars().filter(c -> c < ' ' || c > '~')).as(text).containsExactly((int) '\n');
    return JsonLine.read(text);
  }

  private String encoded(ILoggingEvent event) {
    return new String(encoder.encode(event), StandardCharsets.UTF_8);
  }

  @Test
  void shouldNameWhatEveryLineHas() {
    JsonNode line = line(logger -> logger.warn("{} of {}", 1, 2));
    assertThat(line.propertyNames())
        .containsExactly("time", "level", "part", "process", "logger", "thread", "message");
    assertThat(line.path("time").asString())
        .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
    assertThat(line.path("level").asString()).isEqualTo("WARN");
    assertThat(line.path("part").asString()).isEqualTo("edge");
    assertThat(line.path("process").asString()).isEqualTo("edge-1:8090");
    assertThat(line.path("logger").asString()).isEqualTo("dev.tailrace.A");
    assertThat(line.path("thread").asString()).isEqualTo(Thread.currentThread().getName());
    assertThat(line.path("message").asString()).isEqualTo("1 of 2");
  }

  @Test
  void shouldKeepToOneLineWhateverIsSaid() {
    String said = "a\nb\r\nc\u0000\u001b[31m\u007f\u2028\ud800 \"quoted\" \\ Z\u00fcrich";
    assertThat(line(logger -> logger.info(said)).path("message").asString()).isEqualTo(said);
  }

  @Test
  void shouldKeepAnExceptionWithItsCauseInOneValue() {
    Exception thrown = new IllegalStateException("outer", new java.io.IOException("inner\nline"));
    String text = line(logger -> logger.error("failed", thrown)).path("exception").asString();
    assertThat(text)
        .startsWith("java.lang.IllegalStateException: outer\n\tat ")
        .contains("Caused by: java.io.IOException: inner\nline")
        .contains("JsonLogEncoderTest");
  }

  @Test
  void shouldPutKeyValuesBelowFieldsAndTheTraceBesideTheMessage() {
    JsonNode line =
        line(
            logger ->
                logger
                    .atInfo()
                    .addKeyValue("message", "no clash")
                    .addKeyValue("count", 7)
                    .addKeyValue("none", (Object) null)
                    .addKeyValue("trace_id", "0af7651916cd43dd8448eb211c80319c")
                    .log("said"));
    assertThat(line.path("message").asString()).isEqualTo("said");
    assertThat(line.path("trace_id").asString()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
    assertThat(line.path("fields").toString())
        .isEqualTo("{\"message\":\"no clash\",\"count\":7,\"none\":\"null\"}");
  }

  @Test
  void shouldTakeWhatTheThreadSaysOfItself() {
    LoggingEvent event = new LoggingEvent();
    event.setLevel(Level.INFO);
    event.setLoggerName("a");
    event.setMessage("b");
    event.setThreadName("c");
    event.setMDCPropertyMap(java.util.Map.of("span_id", "b7ad6b7169203331"));
    assertThat(JsonLine.read(encoded(event)).path("span_id").asString())
        .isEqualTo("b7ad6b7169203331");
  }

  @Test
  void shouldWriteNoTokenDown() {
    JsonNode line =
        line(
            logger ->
                logger
                    .atError()
                    .setCause(new IllegalStateException(TOKEN))
                    .addKeyValue("token", List.of(TOKEN))
                    .log("said " + TOKEN));
    assertThat(line.toString()).doesNotContain("eyJ");
    assertThat(line.path("message").asString()).isEqualTo("said (token)");
    assertThat(line.path("exception").asString()).contains("IllegalStateException: (token)");
    assertThat(line.path("fields").path("token").asString()).isEqualTo("[(token)]");
  }
}
