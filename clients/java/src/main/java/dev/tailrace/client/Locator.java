package dev.tailrace.client;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * Where to connect: at the edges that {@code /v1/locate} names, the best first, then at the general
 * address. {@code docs/protocol/locate.md} has it.
 *
 * <p>Threading: owned by the client's thread.
 */
final class Locator {
  private static final long ANSWER_MS = 3_000;
  private static final long AGAIN_MS = 10_000;

  private final Owner owner;
  private final Http http;
  private final boolean asks;
  private final @Nullable String zone;
  private final ArrayDeque<HttpUrl> edges = new ArrayDeque<>();
  private long askAtMs = Owner.nowMs();

  Locator(Owner owner, Http http, TailraceOptions options) {
    this.owner = owner;
    this.http = http;
    asks = options.locates;
    zone = options.zone;
  }

  /** Where requests go. */
  HttpUrl edge() {
    HttpUrl edge = edges.peek();
    return edge == null ? http.origin() : edge;
  }

  /** Nobody is there: then to the next. False if that was the general address. */
  boolean giveUp() {
    return edges.poll() != null;
  }

  /** Asks, if what is known is too old, and goes on with whatever is known then, on the owner. */
  void look(String token, Runnable then) {
    if (!asks || Owner.nowMs() < askAtMs) {
      then.run();
      return;
    }
    askAtMs = Owner.nowMs() + AGAIN_MS;
    edges.clear();
    Map<String, String> query = new LinkedHashMap<>();
    if (zone != null) {
      query.put("zone", zone);
    }
    HttpUrl url = http.url(http.origin(), "v1/locate", query);
    CompletableFuture<String> answer = http.send(Http.request(url, token).build(), ANSWER_MS);
    owner.when(
        answer,
        (place, fault) -> {
          if (place != null) { // else the general address serves as well
            take(place);
          }
          then.run();
        });
  }

  private void take(String place) {
    try {
      Map<String, String> members = Json.members(place);
      askAtMs = Owner.nowMs() + Http.wholeNumber(members.get("ttl_ms"));
      add(Event.string(members, "url"));
      for (String other : Json.elements(members.getOrDefault("alternatives", "[]"))) {
        add(Json.string(other));
      }
    } catch (IllegalArgumentException e) {
      edges.clear();
    }
  }

  /** A token that came over TLS goes nowhere without. */
  private void add(@Nullable String url) {
    HttpUrl edge = url == null ? null : HttpUrl.parse(url);
    if (edge != null && (edge.isHttps() || !http.origin().isHttps())) {
      edges.add(edge);
    }
  }
}
