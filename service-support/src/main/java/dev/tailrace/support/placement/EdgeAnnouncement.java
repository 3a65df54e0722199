package dev.tailrace.support.placement;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import dev.tailrace.schemas.Channels;
import dev.tailrace.v1.EdgeHeartbeat;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an edge says of itself: a record of {@code tailrace.edges} that keeps the rules.
 *
 * <p>Threading: immutable.
 *
 * @param id of the process, for its life
 * @param url where clients reach this very edge, without a slash at its end
 * @param zone where it stands; empty when it was not told
 * @param connections that it holds
 * @param userPartitions those that it follows of the partitions that users lie on now: their places
 *     among them, in order
 * @param draining whether it wants no new clients
 * @param atMs when it said so, by its own clock
 * @param leaseMs how long that holds
 */
public record EdgeAnnouncement(
    String id,
    String url,
    String zone,
    int connections,
    Set<Integer> userPartitions,
    boolean draining,
    long atMs,
    long leaseMs) {
  /** The longest lease that is believed. */
  public static final long MAX_LEASE_MS = 600_000;

  private static final int MAX_URL_LENGTH = 500;
  private static final int MAX_PARTITIONS = 4_096;

  /** With a copy of the partitions. */
  public EdgeAnnouncement {
    userPartitions = Set.copyOf(userPartitions);
  }

  /** As a record's value. */
  public byte[] toBytes() {
    return EdgeHeartbeat.newBuilder()
        .setEdgeId(id)
        .setPublicUrl(url)
        .setZone(zone)
        .setConnections(connections)
        .addAllUserPartitions(userPartitions.stream().sorted().toList())
        .setAt(
            Timestamp.newBuilder()
                .setSeconds(Math.floorDiv(atMs, 1_000L))
                .setNanos(Math.floorMod(atMs, 1_000) * 1_000_000))
        .setLeaseMs(Math.toIntExact(leaseMs))
        .setDraining(draining)
        .build()
        .toByteArray();
  }

  /** That of a record; null when it is none that can be relied on. */
  static @Nullable EdgeAnnouncement read(byte @Nullable [] key, byte[] value) {
    EdgeHeartbeat heartbeat;
    try {
      heartbeat = EdgeHeartbeat.parseFrom(value);
    } catch (InvalidProtocolBufferException e) {
      return null;
    }
    boolean kept =
        key != null
            && heartbeat.getEdgeId().equals(new String(key, StandardCharsets.UTF_8))
            && Channels.isName(heartbeat.getEdgeId())
            && isUrl(heartbeat.getPublicUrl())
            && isZone(heartbeat.getZone())
            && heartbeat.getConnections() >= 0
            && heartbeat.getUserPartitionsCount() <= MAX_PARTITIONS
            && heartbeat.hasAt()
            && heartbeat.getLeaseMs() > 0
            && heartbeat.getLeaseMs() <= MAX_LEASE_MS;
    return kept ? of(heartbeat) : null;
  }

  private static @Nullable EdgeAnnouncement of(EdgeHeartbeat heartbeat) {
    long atMs;
    try {
      Timestamp at = heartbeat.getAt();
      atMs = Instant.ofEpochSecond(at.getSeconds(), at.getNanos()).toEpochMilli();
    } catch (java.time.DateTimeException | ArithmeticException e) {
      return null;
    }
    return new EdgeAnnouncement(
        heartbeat.getEdgeId(),
        heartbeat.getPublicUrl(),
        heartbeat.getZone(),
        heartbeat.getConnections(),
        Set.copyOf(heartbeat.getUserPartitionsList()),
        heartbeat.getDraining(),
        atMs,
        heartbeat.getLeaseMs());
  }

  /**
   * Whether this may be announced: http or https, a host, perhaps a port and a path, printable
   * ASCII of {@value #MAX_URL_LENGTH} characters at most.
   */
  public static boolean isUrl(String text) {
    if (text.length() > MAX_URL_LENGTH
        || text.endsWith("/")
        || !text.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      return false;
    }
    try {
      URI uri = new URI(text);
      return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
          && uri.getHost() != null
          && uri.getRawUserInfo() == null
          && uri.getRawQuery() == null
          && uri.getRawFragment() == null;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  /** Whether this names a zone, or none. */
  public static boolean isZone(String text) {
    return text.isEmpty() || Channels.isName(text);
  }
}
