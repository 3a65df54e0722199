package dev.tailrace.cli.doctor;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/**
 * How a client comes to the fleet: the address that clients are given, and as whom.
 *
 * <p>Threading: immutable.
 *
 * @param url with whatever proxy is in front
 * @param user only in development mode; empty when there is none
 * @param token empty when there is none
 */
public record PublicAccess(URI url, String channel, String user, String token) {
  /** Of an event stream. */
  URI stream() {
    return URI.create(
        base()
            + "/v1/events?channel="
            + URLEncoder.encode(channel, StandardCharsets.UTF_8)
            + (user.isEmpty() ? "" : "&user=" + URLEncoder.encode(user, StandardCharsets.UTF_8)));
  }

  /** Of a WebSocket. */
  URI socket() {
    return URI.create(
        base().replaceFirst("^http", "ws")
            + "/v1/socket"
            + (user.isEmpty() ? "" : "?user=" + URLEncoder.encode(user, StandardCharsets.UTF_8)));
  }

  private String base() {
    return url.toString().replaceFirst("/+$", "");
  }
}
