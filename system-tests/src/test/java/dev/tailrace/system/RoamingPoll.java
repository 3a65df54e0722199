package dev.tailrace.system;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/**
 * Roams by long polls. An answer counts once it is whole; what was asked and not answered is asked
 * again.
 *
 * <p>Threading: the client's own thread.
 */
final class RoamingPoll implements RoamingConnection {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final String BEGINNING = "{\"cursor\":\"";

  private final HttpClient http;
  private final RoamingSight sight;
  private String cursor = "";

  RoamingPoll(HttpClient http, RoamingSight sight) {
    this.http = http;
    this.sight = sight;
  }

  @Override
  public void follow(String baseUrl, Runnable open) throws IOException, InterruptedException {
    boolean served = true;
    while (served) {
      String from = cursor.isEmpty() ? "" : "&cursor=" + cursor;
      URI uri = URI.create(baseUrl + "/v1/poll?" + sight.query() + from);
      HttpResponse<String> response =
          http.send(HttpRequest.newBuilder(uri).timeout(TIMEOUT).build(), BodyHandlers.ofString());
      served = response.statusCode() == 200;
      if (served) {
        onAnswer(response.body());
        open.run();
      } else if (response.statusCode() != 503) {
        throw RefusedException.of(response.statusCode(), response.body());
      }
    }
  }

  private void onAnswer(String answer) {
    int events = answer.indexOf("\"events\":");
    sight.told(answer.substring(0, events));
    sight.saw(answer.substring(events));
    cursor = answer.substring(BEGINNING.length(), answer.indexOf('"', BEGINNING.length()));
    sight.began();
  }
}
