package dev.tailrace.system;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The console's requests at one edge's operator port, with a token or without.
 *
 * <p>Threading: any.
 */
public final class OperatorConsole implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final HttpClient client = HttpClient.newHttpClient();
  private final String url;
  private final @Nullable String token;

  public OperatorConsole(int port, @Nullable String token) {
    this.url = "http://127.0.0.1:" + port;
    this.token = token;
  }

  /** A view that is there, with the parameters, names and values in turn. */
  JsonNode view(String path, String... parameters) throws Exception {
    return json(200, get(path, parameters));
  }

  HttpResponse<String> get(String path, String... parameters) throws Exception {
    return client.send(request(path, parameters).GET().build(), BodyHandlers.ofString());
  }

  /** What was done, in words. */
  public String act(String path, String body) throws Exception {
    return json(200, post(path, body)).path("done").stringValue();
  }

  HttpResponse<String> post(String path, String body) throws Exception {
    return client.send(
        request(path).POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String path, String... parameters) {
    List<String> query = new ArrayList<>();
    for (int i = 0; i < parameters.length; i += 2) {
      query.add(parameters[i] + "=" + URLEncoder.encode(parameters[i + 1], StandardCharsets.UTF_8));
    }
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                URI.create(url + "/console/api/" + path + "?" + String.join("&", query)))
            .timeout(PATIENCE);
    return token == null ? request : request.header("Authorization", "Bearer " + token);
  }

  private static JsonNode json(int status, HttpResponse<String> response) {
    if (response.statusCode() != status) {
      throw new AssertionError(response.statusCode() + " " + response.body());
    }
    return JsonMapper.shared().readTree(response.body());
  }

  /** The code of a problem document. */
  static String problem(HttpResponse<String> response) {
    return response.statusCode()
        + " "
        + JsonMapper.shared().readTree(response.body()).path("code").asString();
  }

  /** This run of its edge, as its dump says. */
  String instance() throws Exception {
    HttpRequest dump = HttpRequest.newBuilder(URI.create(url + "/dump")).build();
    return client
        .send(dump, BodyHandlers.ofString())
        .body()
        .lines()
        .filter(line -> line.startsWith("instance "))
        .findFirst()
        .orElseThrow()
        .substring("instance ".length());
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
