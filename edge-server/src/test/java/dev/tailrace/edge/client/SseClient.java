package dev.tailrace.edge.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Server-Sent Events by the JDK's HttpClient, parsed as the HTML standard says. */
final class SseClient extends Client {
  private final HttpClient http = HttpClient.newHttpClient();
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final StringBuilder data = new StringBuilder();
  private String type = "";
  private @Nullable String id;
  private volatile boolean open;

  static SseClient open(Target target) throws Exception {
    SseClient client = new SseClient();
    HttpRequest.Builder request = HttpRequest.newBuilder(target.uri("http", "/v1/events", ""));
    Resume resume = target.resume();
    if (resume != null) {
      request.header("Last-Event-ID", resume.cursor());
    }
    HttpResponse<InputStream> response =
        client.http.send(request.build(), BodyHandlers.ofInputStream());
    if (response.statusCode() != 200) {
      throw new IOException(
          response.statusCode()
              + " "
              + new String(response.body().readAllBytes(), StandardCharsets.UTF_8));
    }
    Thread.startVirtualThread(() -> client.read(response.body()));
    return client;
  }

  private void read(InputStream body) {
    byte[] buffer = new byte[16 << 10];
    try {
      for (int count = body.read(buffer); count >= 0; count = body.read(buffer)) {
        onBytes(buffer, count);
        for (int i = 0; i < count; i++) {
          onByte(buffer[i]);
        }
      }
      onEnded("end of stream");
    } catch (IOException e) {
      onEnded(e.toString());
    }
  }

  private void onByte(byte b) {
    if (b == '\n') {
      onLine(line.toString(StandardCharsets.UTF_8));
      line.reset();
    } else {
      line.write(b);
    }
  }

  private void onLine(String text) {
    if (text.isEmpty()) {
      dispatch();
      return;
    }
    int colon = text.indexOf(':');
    String field = colon < 0 ? text : text.substring(0, colon);
    String value = colon < 0 ? "" : text.substring(colon + 1);
    value = value.startsWith(" ") ? value.substring(1) : value;
    switch (field) {
      case "event" -> type = value;
      case "data" -> data.append(value).append('\n');
      case "id" -> id = value;
      case "retry" -> onComeBackAfter(Long.parseLong(value));
      default -> {}
    }
  }

  private void dispatch() {
    if (id != null) {
      setCursor(id);
      decode(id);
    }
    if (!data.isEmpty()) {
      onBlock(type, data.substring(0, data.length() - 1));
    }
    data.setLength(0);
    type = "";
  }

  private void onBlock(String name, String text) {
    switch (name) {
      case "" -> onEventObject(json(text));
      case "tailrace.cursor" -> open = true;
      case "tailrace.gap" -> onGap(json(text));
      default -> onError(name);
    }
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
