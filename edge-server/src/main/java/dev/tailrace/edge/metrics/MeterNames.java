package dev.tailrace.edge.metrics;

/** The names of the edge's meters, in Micrometer's form; Prometheus shows {@code _} for dots. */
final class MeterNames {
  static final String READY = "tailrace.edge.ready";
  static final String CLOCK = "tailrace.edge.clock";
  static final String CONNECTIONS = "tailrace.edge.connections";
  static final String CONNECTIONS_LIMIT = "tailrace.edge.connections.limit";
  static final String CONNECTIONS_STANDING = "tailrace.edge.connections.standing";
  static final String CONNECTIONS_OPENED = "tailrace.edge.connections.opened";
  static final String CONNECTIONS_CLOSED = "tailrace.edge.connections.closed";
  static final String CONNECTIONS_REFUSED = "tailrace.edge.connections.refused";
  static final String DELIVERED_EVENTS = "tailrace.edge.delivered.events";
  static final String DELIVERED_BYTES = "tailrace.edge.delivered";
  static final String WRITE_EVENTS = "tailrace.edge.write.events";
  static final String DELIVERY_LATENCY = "tailrace.edge.delivery.latency";
  static final String LATE_WRITES = "tailrace.edge.late.writes";
  static final String LAG = "tailrace.edge.lag.records";
  static final String ENCODINGS = "tailrace.edge.encodings";
  static final String GAPS = "tailrace.edge.gaps";
  static final String RESUMES = "tailrace.edge.resumes";
  static final String SLOW_POLICY = "tailrace.edge.slow.policy";
  static final String TAIL_RECORDS = "tailrace.edge.tail.records";
  static final String TAIL_BYTES = "tailrace.edge.tail";
  static final String TAIL_WANTED = "tailrace.edge.tail.wanted.records";
  static final String TAIL_DUPLICATES = "tailrace.edge.tail.duplicate.records";
  static final String TAIL_UNREADABLE = "tailrace.edge.tail.unreadable.records";
  static final String TAIL_PARTITIONS = "tailrace.edge.tail.partitions";
  static final String WASTED_RATIO = "tailrace.edge.wasted.records.ratio";
  static final String CATCHUP_LAPS = "tailrace.edge.catchup.laps";
  static final String CATCHUP_SCANNED = "tailrace.edge.catchup.scanned";
  static final String CATCHUP_GIVEN = "tailrace.edge.catchup.given";
  static final String PUBLISHED = "tailrace.edge.published.events";
  static final String PUBLISH_REFUSED = "tailrace.edge.publish.refused";
  static final String PUBLISH_LATENCY = "tailrace.edge.publish.latency";

  static final String AUTH_REFUSED = "tailrace.edge.auth.refused";
  static final String AUTH_KEYS = "tailrace.edge.auth.keys";
  static final String JWKS_FETCHES = "tailrace.edge.jwks.fetches";
  static final String JWKS_AGE = "tailrace.edge.jwks.age";

  static final String ANNOUNCED = "tailrace.edge.announcements";
  static final String NOT_ANNOUNCED = "tailrace.edge.announcements.failed";
  static final String EDGES_KNOWN = "tailrace.edge.directory.edges";
  static final String EDGES_SILENCE = "tailrace.edge.directory.silence";
  static final String EDGES_IGNORED = "tailrace.edge.directory.ignored.records";
  static final String CUT_OVERDUE = "tailrace.edge.requests.overdue";
  static final String CERTIFICATE_EXPIRY = "tailrace.edge.tls.certificate.expiry";
  static final String LOCATED = "tailrace.edge.located";

  static final String REVOCATIONS = "tailrace.edge.revocations";
  static final String WITHDRAWN = "tailrace.edge.subscriptions.withdrawn";
  static final String CONTROL_SILENCE = "tailrace.edge.control.silence";
  static final String CONTROL_IGNORED = "tailrace.edge.control.ignored.records";

  static final String SPANS_EXPORTED = "tailrace.edge.tracing.spans.exported";
  static final String SPANS_DROPPED = "tailrace.edge.tracing.spans.dropped";

  /** sse, websocket, poll, history. */
  static final String TRANSPORT = "transport";

  /** opening, live, catching_up, lagging. */
  static final String STATE = "state";

  /** users, channels. */
  static final String LANE = "lane";

  /** json, sse_event and so on. */
  static final String ENCODING = "encoding";

  /** A word of a closed list. */
  static final String REASON = "reason";

  /** replay, conflate, skip, disconnect. */
  static final String POLICY = "policy";

  /** ok, failed; whole, or why not. */
  static final String OUTCOME = "outcome";

  /** edge, nowhere. */
  static final String ANSWER = "answer";

  private MeterNames() {}
}
