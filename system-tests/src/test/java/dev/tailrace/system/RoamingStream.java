package dev.tailrace.system;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;

/**
 * Roams by Server-Sent Events. A block counts once it is whole, with its id.
 *
 * <p>Threading: the client's own thread.
 */
final class RoamingStream implements RoamingConnection {
  private final HttpClient http;
  private final RoamingSight sight;
  private String lastEventId = "";

  RoamingStream(HttpClient http, RoamingSight sight) {
    this.http = http;
    this.sight = sight;
  }

  @Override
  public void follow(String baseUrl, Runnable open) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(baseUrl + "/v1/events?" + sight.query()));
    if (!lastEventId.isEmpty()) {
      request.header("Last-Event-ID", lastEventId);
    }
    HttpResponse<InputStream> response = http.send(request.build(), BodyHandlers.ofInputStream());
    try (InputStream body = response.body();
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
      if (response.statusCode() != 200) {
        throw RefusedException.of(response.statusCode(), lines.readLine());
      }
      read(lines, open);
    }
  }

  private void read(BufferedReader lines, Runnable open) throws IOException {
    String type = "";
    String data = "";
    String id = "";
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.isEmpty()) {
        if (!id.isEmpty()) {
          onBlock(type, data);
          lastEventId = id;
          sight.began();
          open.run();
        }
        type = "";
        data = "";
        id = "";
      } else if (line.startsWith("event: ")) {
        type = line.substring(7);
      } else if (line.startsWith("data: ")) {
        data = line.substring(6);
      } else if (line.startsWith("id: ")) {
        id = line.substring(4);
      }
    }
  }

  private void onBlock(String type, String data) {
    if (type.isEmpty()) {
      sight.saw(data);
    } else if (type.equals("tailrace.gap")) {
      sight.told(data);
    }
  }
}
