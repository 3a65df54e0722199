package dev.tailrace.cli.doctor;

import dev.tailrace.cli.console.Cells;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;

/**
 * Asks an edge's or a dispatcher's operator port whether it is ready, and by the way for its time.
 *
 * <p>Threading: one thread; blocks.
 */
public final class EdgeChecks {
  private static final String CHECK = "ready";
  private static final int LONGEST_ANSWER = 400;

  private final URI operator;
  private final boolean named;
  private final Duration timeout;
  private final Duration clockLimit;
  private final InstantSource clock;

  /**
   * Of this operator port.
   *
   * @param named whether somebody says that one is there
   */
  public EdgeChecks(
      URI operator, boolean named, Duration timeout, Duration clockLimit, InstantSource clock) {
    this.operator = operator;
    this.named = named;
    this.timeout = timeout;
    this.clockLimit = clockLimit;
    this.clock = clock;
  }

  /** All of them. */
  public List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    String at = Cells.shown(operator.toString());
    try (HttpClient http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(timeout)
            .build()) {
      URI readyz = URI.create(operator.toString().replaceFirst("/+$", "") + "/readyz");
      long beforeMs = clock.millis();
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(readyz).timeout(timeout).build(), BodyHandlers.ofString());
      long afterMs = clock.millis();
      findings.add(
          switch (answer.statusCode()) {
            case 200 -> Finding.ok(CHECK, at + " is ready");
            case 503 ->
                Finding.problem(
                    CHECK,
                    at + " is not ready: " + shown(answer.body()),
                    "mend what it waits for: docs/operations.md#operator-ports");
            default ->
                Finding.problem(
                    CHECK,
                    "%s answers %d to /readyz".formatted(at, answer.statusCode()),
                    "give the address of an operator port (--edge)");
          });
      addClock(findings, answer, at, beforeMs, afterMs);
    } catch (IOException | IllegalArgumentException e) {
      String text = "nobody answers at %s".formatted(at);
      String mend = "start it, or give the operator port of yours (--edge)";
      findings.add(named ? Finding.problem(CHECK, text, mend) : Finding.warning(CHECK, text, mend));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return findings;
  }

  private void addClock(
      List<Finding> findings, HttpResponse<?> answer, String at, long beforeMs, long afterMs) {
    String date = answer.headers().firstValue("Date").orElse("");
    try {
      long shownMs =
          ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
              .toInstant()
              .toEpochMilli();
      // Servers may keep the text of a date for a second.
      findings.add(
          ClockReading.of("the clock of " + at, shownMs, 2_000, beforeMs, afterMs)
              .finding(clockLimit));
    } catch (DateTimeException e) {
      // It does not tell.
    }
  }

  private static String shown(String body) {
    String line = Cells.shown(body.strip().replaceAll("\\s*\\R\\s*", "; "));
    return line.length() > LONGEST_ANSWER ? line.substring(0, LONGEST_ANSWER) + "..." : line;
  }
}
