package dev.tailrace.benchmarks.peers;

import dev.tailrace.benchmarks.LoadPlan;
import dev.tailrace.benchmarks.peers.PeerServer.Transport;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is compared, such as {@code broadcast-1000-ws}.
 *
 * <p>Threading: immutable.
 *
 * @param connections held at once
 */
record Scenario(Kind kind, int connections, Transport transport) {
  private static final int PAYLOAD_BYTES = 256;

  /**
   * The kernel takes some 4 MB for a connection on loopback that does not read, before its server
   * sees anything of it: with these it is full after half a minute.
   */
  private static final int SLOW_PAYLOAD_BYTES = 4096;

  private static final Pattern NAME = Pattern.compile("([a-z]+)-([0-9]+)-(ws|sse)");

  /** Deliveries per second that every server here should manage; where a first search begins. */
  private static final int FIRST_BROADCAST_DELIVERIES = 40_000;

  private static final int FIRST_PERSONAL_DELIVERIES = 5_000;
  private static final int IDLE_SECONDS = 5;

  private static final double SLOW_SHARE = 0.01;

  /** Opened at once. */
  private static final int OPENING = 100;

  /** What is done to a server. */
  enum Kind {
    /** All connections follow one channel. */
    BROADCAST,
    /** Each connection has a user of its own, and each event is for one. */
    PERSONAL,
    /** The same, and of Tailrace the edge alone: its lanes are written ahead. */
    ALONE,
    /** Some connections read slowly, and the others should not feel it. */
    SLOW,
    /** Connections are opened as fast as the server takes them. */
    STORM,
    /** Connections are open, and nothing happens. */
    IDLE
  }

  /** The servers, by the names of the {@code --servers} option. */
  enum Server {
    TAILRACE,
    NATS,
    NCHAN,
    JETTY;

    /** Whether it gets faster with time. */
    boolean isJvm() {
      return this == TAILRACE || this == JETTY;
    }

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * The scenario of that name.
   *
   * @throws IllegalArgumentException when there is none
   */
  static Scenario of(String name) {
    Matcher parts = NAME.matcher(name);
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "a scenario is broadcast, personal, alone, slow, storm or idle, -connections-, ws or"
              + " sse: not "
              + name);
    }
    return new Scenario(
        Kind.valueOf(parts.group(1).toUpperCase(Locale.ROOT)),
        Integer.parseInt(parts.group(2)),
        Transport.valueOf(parts.group(3).toUpperCase(Locale.ROOT)));
  }

  /** That it can be called by. */
  String name() {
    return "%s-%d-%s".formatted(kind, connections, transport).toLowerCase(Locale.ROOT);
  }

  /** Whose maximum sets a rate for Tailrace; null for nobody's. */
  @Nullable Server ratesOthers() {
    return switch (kind) {
      case BROADCAST -> Server.NCHAN;
      case ALONE -> servers().getFirst();
      case PERSONAL, SLOW, STORM, IDLE -> null;
    };
  }

  /** Whom it is meant to compare; whoever sets a rate for others comes first. */
  List<Server> servers() {
    return switch (kind) {
      case BROADCAST, SLOW ->
          transport == Transport.WS
              ? List.of(Server.NCHAN, Server.NATS, Server.TAILRACE)
              : List.of(Server.NCHAN, Server.JETTY, Server.TAILRACE);
      case PERSONAL, ALONE ->
          transport == Transport.WS
              ? List.of(Server.NATS, Server.TAILRACE)
              : List.of(Server.JETTY, Server.TAILRACE);
      case STORM, IDLE -> List.of(Server.JETTY, Server.TAILRACE);
    };
  }

  private boolean isPersonal() {
    return kind == Kind.PERSONAL || kind == Kind.ALONE;
  }

  /** Events per second of the first try; with slow readers, of all. */
  int firstRate() {
    return isPersonal()
        ? FIRST_PERSONAL_DELIVERIES
        : Math.max(1, FIRST_BROADCAST_DELIVERIES / connections);
  }

  LoadPlan plan() {
    return plan(connections, 0);
  }

  /** With another number of connections. */
  LoadPlan plan(int open) {
    return plan(open, 0);
  }

  /** With some connections that read slowly. */
  LoadPlan slowPlan() {
    return plan(connections, SLOW_SHARE);
  }

  private LoadPlan plan(int open, double slowShare) {
    return new LoadPlan(
        open,
        isPersonal() ? open : 1,
        isPersonal(),
        firstRate(),
        kind == Kind.SLOW ? SLOW_PAYLOAD_BYTES : PAYLOAD_BYTES,
        kind == Kind.IDLE ? IDLE_SECONDS : 1,
        0,
        slowShare,
        0,
        OPENING);
  }
}
