package dev.tailrace.edge.http;

import dev.tailrace.edge.auth.AuthFailure;
import dev.tailrace.edge.auth.Verification.Refused;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import tools.jackson.databind.json.JsonMapper;

/**
 * A problem document (RFC 9457): how every error is told over HTTP. {@code type} is a tag URI that
 * ends in the code; {@code code} repeats it for programs.
 *
 * <p>Threading: immutable; {@link #send} as any response is written.
 *
 * @param code a word of the closed list in the protocol's documentation, such as {@code
 *     not_granted}
 * @param detail what is wrong with this request, in words; quotes nothing that was not escaped
 * @param members what else a program may want to know
 */
public record ProblemResponse(
    int status, String code, String detail, Map<String, Object> members, List<HttpField> headers) {
  /** The media type of a problem document. */
  public static final String MEDIA_TYPE = "application/problem+json";

  private static final Duration KEY_WAIT = Duration.ofSeconds(5);
  private static final String TYPE_PREFIX = "tag:tailrace.dev,2026:";
  private static final HttpField CONTENT_TYPE =
      new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, MEDIA_TYPE);
  private static final HttpField NO_STORE =
      new PreEncodedHttpField(HttpHeader.CACHE_CONTROL, "no-store");

  /** A problem without more members or headers. */
  public static ProblemResponse of(int status, String code, String detail) {
    return new ProblemResponse(status, code, detail, Map.of(), List.of());
  }

  /** A problem of one HTTP status whose name says all there is to say. */
  public static ProblemResponse of(int status) {
    String title = HttpStatus.getMessage(status);
    return of(status, title.toLowerCase(Locale.ROOT).replace(' ', '_'), title);
  }

  /** 500, which tells a client nothing. */
  static ProblemResponse internal() {
    return of(
        HttpStatus.INTERNAL_SERVER_ERROR_500, "internal", "the server failed; its log says why");
  }

  /**
   * 401, with the reason in the document and, as RFC 6750 asks, in the header. Only a token whose
   * key is not known yet is worth sending again, and is told when.
   */
  public static ProblemResponse of(Refused refused) {
    String challenge =
        switch (refused.failure()) {
          case MISSING -> "Bearer";
          default -> "Bearer error=\"invalid_token\"";
        };
    ProblemResponse problem =
        of(HttpStatus.UNAUTHORIZED_401, refused.failure().code(), refused.reason())
            .withHeader(HttpHeader.WWW_AUTHENTICATE, challenge);
    return refused.failure() == AuthFailure.UNKNOWN_KEY
        ? problem.withRetryAfter(KEY_WAIT)
        : problem;
  }

  /** The same with one more member. */
  public ProblemResponse with(String member, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(members);
    more.put(member, value);
    return new ProblemResponse(status, code, detail, more, headers);
  }

  /** The same with one more response header. */
  public ProblemResponse withHeader(HttpHeader name, String value) {
    List<HttpField> more = new ArrayList<>(headers);
    more.add(new HttpField(name, value));
    return new ProblemResponse(status, code, detail, members, more);
  }

  /** The same, saying when to come back. */
  public ProblemResponse withRetryAfter(Duration delay) {
    return withHeader(HttpHeader.RETRY_AFTER, Long.toString(Math.max(1, delay.toSeconds())));
  }

  /** The document. */
  public byte[] json() {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("type", TYPE_PREFIX + code);
    document.put("title", HttpStatus.getMessage(status));
    document.put("status", status);
    document.put("detail", detail);
    document.put("code", code);
    document.putAll(members);
    return JsonMapper.shared().writeValueAsBytes(document);
  }

  /** Writes it as the whole response; headers that are there already stay. */
  public void send(Response response, Callback callback) {
    byte[] body = json();
    response.setStatus(status);
    response.getHeaders().put(CONTENT_TYPE);
    response.getHeaders().put(NO_STORE);
    response.getHeaders().put(SecurityHeaders.NOSNIFF);
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
    headers.forEach(response.getHeaders()::put);
    response.write(true, ByteBuffer.wrap(body), callback);
  }
}
