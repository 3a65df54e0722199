package dev.tailrace.support.placement;

import java.nio.charset.StandardCharsets;
import java.util.Set;

/** Makes the announcements of tests. */
final class Announced {
  static final long AT_MS = 1_764_000_000_000L;
  static final int LEASE_MS = 15_000;

  private Announced() {}

  /** An edge with nothing special. */
  static EdgeAnnouncement edge(String id) {
    return edge(id, "", 0);
  }

  static EdgeAnnouncement edge(String id, String zone, int connections, Integer... partitions) {
    return new EdgeAnnouncement(
        id, url(id), zone, connections, Set.of(partitions), false, AT_MS, LEASE_MS);
  }

  static EdgeAnnouncement draining(String id) {
    return new EdgeAnnouncement(id, url(id), "", 0, Set.of(), true, AT_MS, LEASE_MS);
  }

  static String url(String id) {
    return "https://" + id + ".example.com";
  }

  static byte[] key(String id) {
    return id.getBytes(StandardCharsets.UTF_8);
  }
}
