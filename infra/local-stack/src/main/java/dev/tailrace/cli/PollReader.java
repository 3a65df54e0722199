package dev.tailrace.cli;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/**
 * Long poll: one request after the other, each from the cursor that the one before returned.
 *
 * <p>Threading: one thread's.
 */
final class PollReader implements EdgeReader {
  private static final int WAIT_SECONDS = 25;

  private final HttpClient http;
  private final Subscription subscription;
  private final EventPrinter printer;
  private final ObjectMapper json = JsonMapper.builder().build();
  private volatile String cursor;

  PollReader(HttpClient http, Subscription subscription, EventPrinter printer) {
    this.http = http;
    this.subscription = subscription;
    this.printer = printer;
    this.cursor = subscription.cursor();
  }

  @Override
  public Duration read() throws IOException, InterruptedException {
    Subscription.Query query = subscription.query(cursor);
    query.add("wait", Integer.toString(WAIT_SECONDS));
    URI address = subscription.address(subscription.url().getScheme(), "/v1/poll", query);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(2L * WAIT_SECONDS));
    if (!subscription.token().isEmpty()) {
      request.header("Authorization", "Bearer " + subscription.token());
    }
    HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
    EdgeReader.requireOk(response, response.body());
    JsonNode answer = json.readTree(response.body());
    for (JsonNode gap : answer.path("gaps")) {
      printer.notice("gap", gap.toString());
    }
    for (JsonNode event : answer.path("events")) {
      printer.event(event.toString());
    }
    cursor = answer.path("cursor").asString("");
    return Duration.ZERO;
  }

  @Override
  public String cursor() {
    return cursor;
  }
}
