package dev.tailrace.edge.http;

/** The paths of the public port. */
public final class PublicPaths {
  /** Server-Sent Events. */
  public static final String EVENTS = "/v1/events";

  /** New tokens for open event streams. */
  public static final String EVENTS_TOKEN = "/v1/events/token";

  /** WebSocket. */
  public static final String SOCKET = "/v1/socket";

  /** Long poll. */
  public static final String POLL = "/v1/poll";

  /** History. */
  public static final String HISTORY = "/v1/history";

  /** Publish. */
  public static final String PUBLISH = "/v1/publish";

  /** Locate. */
  public static final String LOCATE = "/v1/locate";

  private PublicPaths() {}
}
