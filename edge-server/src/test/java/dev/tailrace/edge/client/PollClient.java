package dev.tailrace.edge.client;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;

/** Long polls, one after the other. */
final class PollClient extends Client {
  private final HttpClient http = HttpClient.newHttpClient();
  private final Target target;
  private volatile boolean open;
  private volatile boolean closed;

  private PollClient(Target target) {
    this.target = target;
  }

  static PollClient open(Target target) {
    PollClient client = new PollClient(target);
    Resume resume = target.resume();
    if (resume != null) {
      client.setCursor(resume.cursor());
    }
    Thread.startVirtualThread(client::pollOn);
    return client;
  }

  private void pollOn() {
    try {
      while (!closed) {
        poll();
      }
      onEnded("closed");
    } catch (IOException e) {
      onEnded(e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void poll() throws IOException, InterruptedException {
    // Where to begin is said again and again, as an EventSource does it: the cursor counts.
    String more = "&wait=20" + (cursor().isEmpty() ? "" : "&cursor=" + cursor());
    HttpResponse<byte[]> response =
        http.send(
            HttpRequest.newBuilder(target.uri("http", "/v1/poll", more)).build(),
            BodyHandlers.ofByteArray());
    String body = new String(response.body(), StandardCharsets.UTF_8);
    if (response.statusCode() != 200) {
      throw new IOException(response.statusCode() + " " + body);
    }
    onBytes(response.body(), response.body().length);
    JsonNode answer = json(body);
    String next = answer.path("cursor").asString();
    decode(next);
    setCursor(next);
    answer.path("gaps").forEach(this::onGap);
    answer.path("events").forEach(this::onEventObject);
    open = true;
  }

  /** A poll that resumes has no sign of being held: its cursor alone says what it will get. */
  @Override
  public boolean isOpen() {
    return open || target.resume() != null;
  }

  @Override
  public void close() {
    closed = true;
    http.shutdownNow();
  }
}
