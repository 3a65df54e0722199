package dev.tailrace.system;

import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/**
 * A subscriber by Server-Sent Events, as a few lines of any language can write one.
 *
 * <p>Threading: one test thread; another one reads.
 */
final class EventStream implements AutoCloseable {
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final List<String> events = new CopyOnWriteArrayList<>();
  private final List<String> cursors = new CopyOnWriteArrayList<>();
  private final List<String> gaps = new CopyOnWriteArrayList<>();
  private final List<String> told = new CopyOnWriteArrayList<>();

  /** Returns when the stream is open; an event acknowledged after its first cursor will come. */
  static EventStream open(String url, String lastEventId) throws Exception {
    EventStream stream = new EventStream();
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
    if (!lastEventId.isEmpty()) {
      request.header("Last-Event-ID", lastEventId);
    }
    HttpResponse<Stream<String>> response =
        stream.client.send(request.build(), BodyHandlers.ofLines());
    if (response.statusCode() != 200) {
      throw new AssertionError("status " + response.statusCode());
    }
    Thread.startVirtualThread(() -> stream.readToItsEnd(response.body()));
    return stream;
  }

  private void readToItsEnd(Stream<String> body) {
    try {
      read(body);
    } catch (UncheckedIOException e) {
      // It was cut.
    }
  }

  private void read(Stream<String> body) {
    String[] type = {""};
    StringBuilder data = new StringBuilder();
    body.forEach(
        line -> {
          lines.add(line);
          if (line.isEmpty()) {
            onBlock(type[0], data.toString());
            type[0] = "";
            data.setLength(0);
          } else if (line.startsWith("event: ")) {
            type[0] = line.substring(7);
          } else if (line.startsWith("id: ")) {
            cursors.add(line.substring(4));
          } else if (line.startsWith("data: ")) {
            data.append(line, 6, line.length());
          }
        });
  }

  /** A block shows once it is whole: its cursor, which comes last in it, is then known. */
  private void onBlock(String type, String data) {
    if (type.isEmpty() && !data.isEmpty()) {
      told.add(data);
      events.add(data);
    } else if (type.equals("tailrace.gap")) {
      told.add(data);
      gaps.add(data);
    }
  }

  /** Every line so far, whatever it means. */
  List<String> lines() {
    return lines;
  }

  /** Event objects so far. */
  List<String> events() {
    return events;
  }

  List<String> gaps() {
    return gaps;
  }

  /** Events and gaps so far, in the order they came in. */
  List<String> told() {
    return told;
  }

  /** All that were told so far. */
  List<String> cursors() {
    return cursors;
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
