package dev.tailrace.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import okhttp3.HttpUrl;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When a server says to come back. */
class RetryAfterTest {
  private static String httpDate(Instant at) {
    return DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.ofInstant(at, ZoneOffset.UTC));
  }

  @ParameterizedTest
  @CsvSource({"40, 40000", "-40, 0", "0, 0"})
  void shouldReadADateByTheClockOfWhoWroteIt(long seconds, long waitMs) {
    Instant theirs = Instant.parse("2020-01-01T00:00:00Z"); // whatever it is here
    Response answer =
        refusal()
            .header("Date", httpDate(theirs))
            .header("Retry-After", httpDate(theirs.plusSeconds(seconds)))
            .build();

    assertThat(Http.refusal(answer).retryAfterMs()).isEqualTo(waitMs);
  }

  @Test
  void shouldReadADateWithoutAnotherByItsOwnClock() {
    Response answer =
        refusal().header("Retry-After", httpDate(Instant.now().plusSeconds(3_600))).build();

    assertThat(Http.refusal(answer).retryAfterMs()).isBetween(3_000_000L, 3_600_000L);
  }

  @ParameterizedTest
  @CsvSource({"5, 5000", "soon, 0", "-5, 0", "99999999999999999999, 0"})
  void shouldReadSeconds(String text, long waitMs) {
    Response answer = refusal().header("Retry-After", text).build();

    assertThat(Http.refusal(answer).retryAfterMs()).isEqualTo(waitMs);
  }

  private static Response.Builder refusal() {
    return new Response.Builder()
        .request(new Request.Builder().url(HttpUrl.parse("http://x/")).build())
        .protocol(Protocol.HTTP_1_1)
        .code(503)
        .message("")
        .body(ResponseBody.create("", null));
  }
}
