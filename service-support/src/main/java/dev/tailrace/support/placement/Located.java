package dev.tailrace.support.placement;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Where a user is best served.
 *
 * <p>Threading: immutable.
 *
 * @param url of the edge; empty when none is known: whoever asked stays where he is
 * @param alternatives to go to when that one does not answer, the best first
 */
public record Located(String url, List<String> alternatives) {
  /** How long an answer may be kept, in milliseconds. */
  public static final int TTL_MS = 10_000;

  /** No edge is known. */
  public static final Located NOWHERE = new Located("", List.of());

  /** As the body of an answer. What may be announced as a URL needs no escaping in JSON. */
  public String json() {
    return "{\"url\":\"%s\",\"alternatives\":[%s],\"ttl_ms\":%d}"
        .formatted(
            url,
            alternatives.stream().map(one -> '"' + one + '"').collect(Collectors.joining(",")),
            TTL_MS);
  }
}
