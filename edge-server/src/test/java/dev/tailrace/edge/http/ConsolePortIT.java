package dev.tailrace.edge.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.console.ConsoleAccess;
import dev.tailrace.edge.console.ConsoleApi;
import dev.tailrace.edge.console.ConsoleGuard;
import dev.tailrace.edge.console.ConsolePageHandler;
import dev.tailrace.edge.metrics.EdgeMetrics;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/**
 * Who gets past the operator port to the console: an edge that has not started answers those who do
 * with 503 {@code starting}.
 */
class ConsolePortIT {
  private static final String OPERATORS = "operator-token-0";
  private static final String CONSOLES = "console-token-00";
  private static final String LOOK = "GET /console/api/slots";
  private static final String ACT = "POST /console/api/disconnect";
  private static final String EVERYBODY = "{\"everybody\":true}";

  private final EdgeMetrics metrics = new EdgeMetrics();
  private OperatorServer server;

  private void start(String operator, String console) throws Exception {
    Routes.Builder routes = new ConsoleApi().addTo(Routes.builder());
    ConsolePageHandler.routes().forEach((path, page) -> routes.route(path, page, "GET"));
    server =
        new OperatorServer(
            operator.isEmpty() ? Configs.with() : Configs.with("operator.token", operator),
            List.of(),
            metrics,
            List.of(),
            new ConsoleGuard(new ConsoleAccess(operator, console, false), routes.build()));
    server.start();
  }

  @AfterEach
  void stop() {
    server.close();
    metrics.close();
  }

  @ParameterizedTest
  @CsvSource({
    // operator.token, edge.console.token, brought, look, act
    "'', '', '', 503 starting, 403 actions_off",
    "'', '', console-token-00, 503 starting, 403 actions_off",
    "operator-token-0, '', '', 401 unauthorized, 403 actions_off",
    "operator-token-0, '', operator-token-0, 503 starting, 403 actions_off",
    "'', console-token-00, '', 401 unauthorized, 401 unauthorized",
    "'', console-token-00, console-token-00, 503 starting, 503 starting",
    "operator-token-0, console-token-00, operator-token-0, 503 starting, 401 unauthorized",
    "operator-token-0, console-token-00, console-token-00, 503 starting, 503 starting",
    "operator-token-0, console-token-00, console-token-01, 401 unauthorized, 401 unauthorized",
  })
  void shouldLetInWhoMay(String operator, String console, String brought, String look, String act)
      throws Exception {
    start(operator, console);

    assertThat(answer(LOOK, brought, "")).isEqualTo(look);
    assertThat(answer(ACT, brought, EVERYBODY)).isEqualTo(act);
    assertThat(answer("PUT /console/api/disconnect", brought, EVERYBODY))
        .isNotEqualTo("503 starting");
  }

  @Test
  void shouldServeThePageToEverybodyAndNothingElseOfThePort() throws Exception {
    start(OPERATORS, CONSOLES);

    assertThat(answer("GET /console/", "", "")).startsWith("200");
    assertThat(answer("GET /console/nothing", "", "")).isEqualTo("404 no_such_path");
    assertThat(answer("GET /console", "", "")).startsWith("308");
    assertThat(answer("GET /consoles", "", "")).isEqualTo("401 unauthorized");
    for (String path : List.of("/metrics", "/dump", "/console/../dump", "/console/%2e%2e/dump")) {
      assertThat(answer("GET " + path, "", "")).as(path).doesNotStartWith("200");
      assertThat(answer("GET " + path, CONSOLES, "")).as(path).doesNotStartWith("200");
    }
    assertThat(answer("GET /console/%61pi/slots", "", "")).isEqualTo("401 unauthorized");
    assertThat(answer("POST /console/%61pi/disconnect", OPERATORS, EVERYBODY))
        .isEqualTo("401 unauthorized");
  }

  @Test
  void shouldHoldThePortsRulesOfOriginsForAllOfIt() throws Exception {
    start(OPERATORS, CONSOLES);
    for (String target : List.of("GET /console/", LOOK, ACT)) {
      assertThat(status(exchange(target, CONSOLES, EVERYBODY, "Origin: https://evil.example\r\n")))
          .as(target)
          .isEqualTo("403");
    }
    stop();
    start("", CONSOLES);
    String rebound =
        RawHttp.exchange(
            server.port(),
            "GET /console/ HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
    assertThat(status(rebound)).isEqualTo("403");
  }

  @Test
  void shouldRefuseWhatMakesNoSense() throws Exception {
    start("", CONSOLES);
    for (String query :
        List.of(
            "user",
            "user?name=",
            "user?name=%3Cb%3E",
            "user?name=a&name=b",
            "user?name=a&more=b",
            "channel?name=$users",
            "dead-letters?limit=0",
            "dead-letters?limit=1e9",
            "dead-letters?limit=501",
            "trace",
            "trace?event=a&since=25h",
            "trace?event=a&since=0s",
            "trace?event=a&since=-1h",
            "trace?lane=users&generation=1&partition=0",
            "trace?lane=events&generation=1&partition=0&offset=0",
            "trace?lane=users&generation=1&partition=0&offset=-1",
            "trace?lane=users&generation=1&partition=99999999999&offset=0")) {
      assertThat(answer("GET /console/api/" + query, CONSOLES, ""))
          .as(query)
          .isEqualTo("400 bad_request");
    }
    assertThat(answer(ACT, CONSOLES, "{}")).isEqualTo("400 bad_request");
    assertThat(answer(ACT, CONSOLES, "[".repeat(10_000))).isEqualTo("400 bad_request");
    assertThat(answer(ACT, CONSOLES, "x".repeat(20_000))).isEqualTo("413 body_too_large");
  }

  private String answer(String target, String token, String body) throws Exception {
    String answer = exchange(target, token, body, "");
    String text = answer.substring(answer.indexOf("\r\n\r\n") + 4);
    return status(answer)
        + (text.startsWith("{")
            ? " " + JsonMapper.shared().readTree(text).path("code").asString()
            : "");
  }

  private static String status(String answer) {
    return answer.split(" ", 3)[1];
  }

  private String exchange(String target, String token, String body, String headers)
      throws Exception {
    String authorization = token.isEmpty() ? "" : "Authorization: Bearer " + token + "\r\n";
    return RawHttp.exchange(
        server.port(),
        "%s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s%sContent-Length: %d\r\nConnection: close\r\n\r\n%s"
            .formatted(target, authorization, headers, body.length(), body));
  }
}
