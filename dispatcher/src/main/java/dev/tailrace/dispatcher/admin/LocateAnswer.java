package dev.tailrace.dispatcher.admin;

import dev.tailrace.schemas.Channels;
import dev.tailrace.support.placement.EdgeAnnouncement;
import dev.tailrace.support.placement.Placement;
import org.jspecify.annotations.Nullable;

/**
 * What {@code /v1/locate} answers to the services behind: the same as every edge tells its clients.
 * Anybody who reaches the operator port may ask for any user.
 *
 * <p>Threading: immutable.
 *
 * @param status 200, or 400 for a name that is none
 * @param contentType of the body
 */
public record LocateAnswer(int status, String contentType, String body) {
  /** To a question with these parameters. */
  public static LocateAnswer of(Placement placement, @Nullable String user, @Nullable String zone) {
    if (user == null || !Channels.isName(user)) {
      return bad("bad_user", "user is to be 1-200 bytes of A-Za-z0-9_.:/-");
    }
    if (zone != null && !EdgeAnnouncement.isZone(zone)) {
      return bad("bad_zone", "a zone is 1-200 bytes of A-Za-z0-9_.:/-");
    }
    String json = placement.locate(user, zone == null ? "" : zone).json();
    return new LocateAnswer(200, "application/json", json);
  }

  /** As the edge's problem documents. */
  private static LocateAnswer bad(String code, String detail) {
    return new LocateAnswer(
        400,
        "application/problem+json",
        "{\"type\":\"tag:tailrace.dev,2026:%s\",\"title\":\"Bad Request\",\"status\":400,\"detail\":\"%s\",\"code\":\"%s\"}"
            .formatted(code, detail, code));
  }
}
