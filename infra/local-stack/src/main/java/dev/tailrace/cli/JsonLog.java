package dev.tailrace.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log as JSON objects for a log store, instead of logback.xml's lines for people.
 *
 * <p>Threading: the main thread's, before anything else runs.
 */
final class JsonLog {
  private JsonLog() {}

  /** From now on all loggers write so. */
  static void begin(String part, String process) {
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
