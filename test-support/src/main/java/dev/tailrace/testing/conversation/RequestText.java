package dev.tailrace.testing.conversation;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A request as it came: what a client is free to say in two ways is told in one.
 *
 * @param query names and values, decoded; with the cursor of {@code Last-Event-ID}, and without
 *     {@code access_token}
 * @param headers by names in lower case; with the token, wherever it was
 */
record RequestText(
    String method,
    String path,
    List<Map.Entry<String, String>> query,
    Map<String, String> headers,
    String body) {
  private static final String LAST_ID = "last-event-id";
  private static final String TOKEN = "access_token";
  private static final String AUTHORIZATION = "authorization";

  /** Reads a target and puts all in its place. */
  static RequestText of(String method, String target, Map<String, String> headers, String body) {
    int mark = target.indexOf('?');
    List<Map.Entry<String, String>> query = new ArrayList<>();
    String text = mark < 0 ? "" : target.substring(mark + 1);
    for (String parameter : text.split("&", -1)) {
      int equals = parameter.indexOf('=');
      if (equals >= 0) {
        query.add(
            Map.entry(
                decoded(parameter.substring(0, equals)), decoded(parameter.substring(equals + 1))));
      } else if (!parameter.isEmpty()) {
        query.add(Map.entry(decoded(parameter), ""));
      }
    }
    String lastId = headers.get(LAST_ID);
    if (lastId != null) {
      query.removeIf(parameter -> parameter.getKey().equals("cursor"));
      query.add(Map.entry("cursor", lastId));
    }
    query.stream()
        .filter(parameter -> parameter.getKey().equals(TOKEN))
        .findFirst()
        .ifPresent(token -> headers.putIfAbsent(AUTHORIZATION, "Bearer " + token.getValue()));
    query.removeIf(parameter -> parameter.getKey().equals(TOKEN));
    return new RequestText(
        method, mark < 0 ? target : target.substring(0, mark), query, headers, body);
  }

  boolean hasToken() {
    return headers.containsKey(AUTHORIZATION);
  }

  /** What differs from what a conversation says, or null; a token is not looked at. */
  @Nullable String mismatch(Step.Request expected, Bindings bindings) {
    if (!method.equals(expected.method()) || !path.equals(expected.path())) {
      return "should be %s %s".formatted(expected.method(), expected.path());
    }
    List<Map.Entry<String, String>> unlisted = new ArrayList<>(query);
    for (Step.Parameter parameter : expected.query()) {
      boolean there = take(parameter, unlisted, bindings);
      if (!there && !(parameter.optional() && !has(unlisted, parameter.name()))) {
        return "should have %s=%s".formatted(parameter.name(), parameter.value().shown(bindings));
      }
    }
    if (!unlisted.isEmpty()) {
      return "should not have " + unlisted;
    }
    for (Map.Entry<String, TextPattern> header : expected.headers().entrySet()) {
      String value = headers.get(header.getKey());
      if (!header.getKey().equals(AUTHORIZATION)
          && (value == null || !header.getValue().takes(value, bindings))) {
        return "should have %s: %s, and that is %s"
            .formatted(header.getKey(), header.getValue().shown(bindings), value);
      }
    }
    return bodyMismatch(expected.body(), bindings);
  }

  private @Nullable String bodyMismatch(String expected, Bindings bindings) {
    if (expected.startsWith("{")) {
      return JsonPattern.of(expected).mismatch(body, bindings);
    }
    return body.equals(expected) ? null : "should have the body " + expected;
  }

  /** What is wrong with its token, or null. */
  @Nullable String tokenMismatch(Step.Request expected, Bindings bindings) {
    TextPattern token = expected.headers().get(AUTHORIZATION);
    String sent = headers.get(AUTHORIZATION);
    if (token == null) {
      return sent == null ? null : "should have no token";
    }
    return sent != null && token.takes(sent, bindings)
        ? null
        : "should bring the token %s, and brings %s".formatted(token.shown(bindings), sent);
  }

  private static boolean take(
      Step.Parameter expected, List<Map.Entry<String, String>> query, Bindings bindings) {
    for (Map.Entry<String, String> parameter : query) {
      if (parameter.getKey().equals(expected.name())
          && expected.value().takes(parameter.getValue(), bindings)) {
        return query.remove(parameter);
      }
    }
    return false;
  }

  private static boolean has(List<Map.Entry<String, String>> query, String name) {
    return query.stream().anyMatch(parameter -> parameter.getKey().equals(name));
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  /** A target to send. */
  static String target(Step.Request request, Bindings bindings) {
    String query =
        request.query().stream()
            .map(p -> p.name() + "=" + encoded(p.value().fill(bindings)))
            .collect(Collectors.joining("&"));
    return query.isEmpty() ? request.path() : request.path() + "?" + query;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    String text = "%s %s %s".formatted(method, path, query);
    String token = hasToken() ? " with a token" : "";
    return body.isEmpty() ? text + token : text + token + " " + body;
  }
}
