package dev.tailrace.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Iterator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Server-Sent Events, read as a browser's EventSource reads them.
 *
 * <p>Threading: one thread's.
 */
final class EventStreamReader implements EdgeReader {
  private final HttpClient http;
  private final Subscription subscription;
  private final EventPrinter printer;
  private volatile String cursor = "";
  private Duration retry = Duration.ZERO;

  EventStreamReader(HttpClient http, Subscription subscription, EventPrinter printer) {
    this.http = http;
    this.subscription = subscription;
    this.printer = printer;
  }

  @Override
  public Duration read() throws IOException, InterruptedException {
    URI address =
        subscription.address(
            subscription.url().getScheme(),
            "/v1/events",
            subscription.query(subscription.cursor()));
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address).header("Accept", "text/event-stream");
    if (!cursor.isEmpty()) {
      request.header("Last-Event-ID", cursor);
    }
    if (!subscription.token().isEmpty()) {
      request.header("Authorization", "Bearer " + subscription.token());
    }
    HttpResponse<Stream<String>> response = http.send(request.build(), BodyHandlers.ofLines());
    try (Stream<String> lines = response.body()) {
      if (response.statusCode() != 200) {
        EdgeReader.requireOk(response, lines.collect(Collectors.joining(" ")));
      }
      Block block = new Block();
      for (Iterator<String> i = lines.iterator(); i.hasNext() && !printer.isDone(); ) {
        block = read(i.next(), block);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return retry;
  }

  @Override
  public String cursor() {
    return cursor;
  }

  /** The block that the stream is in after this line. */
  private Block read(String line, Block block) {
    if (line.isEmpty()) {
      dispatch(block);
      return new Block();
    }
    int colon = line.indexOf(':');
    String field = colon < 0 ? line : line.substring(0, colon);
    String value = colon < 0 ? "" : line.substring(colon + 1);
    if (value.startsWith(" ")) {
      value = value.substring(1);
    }
    switch (field) {
      case "data" -> block.data.append(block.data.isEmpty() ? "" : "\n").append(value);
      case "event" -> block.type = value;
      case "id" -> block.id = value;
      case "retry" -> {
        if (value.matches("[0-9]{1,9}")) {
          retry = Duration.ofMillis(Long.parseLong(value));
        }
      }
      default -> {
        // A comment, or a field that this client does not know: to be ignored.
      }
    }
    return block;
  }

  private void dispatch(Block block) {
    if (!block.data.isEmpty()) {
      switch (block.type) {
        case "" -> printer.event(block.data.toString());
        case "tailrace.gap" -> printer.notice("gap", block.data.toString());
        case "tailrace.error" -> printer.notice("error", block.data.toString());
        default -> {
          // A cursor heartbeat: its id is all that it brings.
        }
      }
    }
    if (!block.id.isEmpty()) {
      cursor = block.id;
    }
  }

  /** Fields up to the next empty line. */
  private static final class Block {
    private final StringBuilder data = new StringBuilder();
    private String type = "";
    private String id = "";
  }
}
