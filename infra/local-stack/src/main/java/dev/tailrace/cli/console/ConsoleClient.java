package dev.tailrace.cli.console;

import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/**
 * Asks an edge's console.
 *
 * <p>Threading: one thread's; blocks.
 */
public final class ConsoleClient {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT_TIMEOUT)
          .build();
  private final ObjectMapper json = JsonMapper.builder().build();
  private final ConsoleAddress console;
  private final Duration timeout;

  /** Of this console; an answer is waited for no longer than the timeout. */
  public ConsoleClient(ConsoleAddress console, Duration timeout) {
    this.console = console;
    this.timeout = timeout;
  }

  /**
   * The answer to {@code GET /console/api/…}.
   *
   * @throws ConsoleException when there is none, or it is a refusal
   */
  public JsonNode get(String path, Map<String, String> query) {
    String parameters =
        query.entrySet().stream()
            .map(
                one ->
                    one.getKey() + "=" + URLEncoder.encode(one.getValue(), StandardCharsets.UTF_8))
            .collect(Collectors.joining("&"));
    HttpRequest.Builder request =
        HttpRequest.newBuilder(console.http("api/" + path + "?" + parameters)).timeout(timeout);
    if (!console.token().isEmpty()) {
      request.header("Authorization", "Bearer " + console.token());
    }
    try {
      HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw ConsoleException.of(console, answer.statusCode(), detail(answer.body()));
      }
      return json.readTree(answer.body());
    } catch (JacksonException e) {
      throw ConsoleException.failed(
          "what answers at %s is no console of an edge".formatted(console.shown()), e);
    } catch (IOException e) {
      throw ConsoleException.unreachable(console, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ConsoleException.failed("interrupted", e);
    }
  }

  /** Of a problem document; of anything else nothing. */
  private String detail(String body) {
    try {
      JsonNode problem = json.readTree(body);
      return problem.path("detail").asString(problem.path("title").asString(""));
    } catch (JacksonException e) {
      return "";
    }
  }
}
