package dev.tailrace.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import dev.tailrace.support.config.Setting;
import java.util.Arrays;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a server writes its log: lines for people on standard error, or JSON objects for a log store
 * on standard output.
 *
 * <p>Threading: {@link #begin} is the main thread's, before anything else runs.
 */
enum LogFormat {
  /** Lines for people. */
  TEXT,
  /** One JSON object a line. */
  JSON;

  /** Which of them. */
  static final Setting<LogFormat> SETTING =
      new Setting<>(
          "log.format",
          "how the log is written: text, for people, on standard error; or json, an object a line"
              + " with names that stay, on standard output",
          "text",
          LogFormat::parse,
          false);

  private static LogFormat parse(String text) {
    return Arrays.stream(values())
        .filter(format -> format.name().toLowerCase(Locale.ROOT).equals(text))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("is neither text nor json"));
  }

  /** From now on all loggers write so. */
  void begin(String part, String process) {
    if (this == TEXT) {
      return; // as logback.xml has it
    }
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    JsonLogEncoder encoder = new JsonLogEncoder(part, process);
    encoder.setContext(context);
    encoder.start();
    ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
    console.setContext(context);
    console.setName("json");
    console.setTarget("System.out");
    console.setEncoder(encoder);
    console.start();
    ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.addAppender(console);
    root.detachAppender("console"); // after the other has come: no line is lost
    // What the parts say instead of a line on standard output, whatever level is asked for.
    context.getLogger(LongRunning.class).setLevel(Level.INFO);
  }
}
