package dev.tailrace.edge.placement;

import dev.tailrace.support.config.Setting;
import dev.tailrace.support.config.SettingException;
import dev.tailrace.support.config.Settings;
import dev.tailrace.support.placement.EdgeAnnouncement;
import java.time.Duration;
import java.util.List;

/**
 * What an edge says of itself to the others.
 *
 * @param publicUrl where clients reach this very edge; empty when it is to be announced to nobody
 * @param zone where it stands; empty for nowhere in particular
 * @param lease how long an announcement holds
 */
public record PlacementConfig(String publicUrl, String zone, Duration lease) {
  private static final Setting<String> PUBLIC_URL =
      Setting.text(
          "edge.public.url",
          "",
          "Where clients reach this very edge, past any load balancer, such as"
              + " https://edge-3.example.com: it is announced to the others, and /v1/locate names"
              + " it. Without one it serves whoever comes, and nobody is sent to it");

  private static final Setting<String> ZONE =
      Setting.text(
          "edge.zone",
          "",
          "Where it stands, such as eu-west-1a: who asks /v1/locate with this zone is sent to an"
              + " edge of it while there is one");

  private static final Setting<Duration> LEASE =
      Setting.duration(
          "edge.lease",
          "15s",
          "An edge that has not announced itself for so long is taken for gone; it does so three"
              + " times as often");

  private static final Duration SHORTEST_LEASE = Duration.ofSeconds(1);
  private static final Duration LONGEST_LEASE = Duration.ofMillis(EdgeAnnouncement.MAX_LEASE_MS);

  /** All of them. */
  public static final List<Setting<?>> SETTINGS = List.of(PUBLIC_URL, ZONE, LEASE);

  /**
   * That of a configuration.
   *
   * @throws SettingException when it could not be announced
   */
  public static PlacementConfig from(Settings settings) {
    String given = settings.get(PUBLIC_URL);
    String url = given.endsWith("/") ? given.substring(0, given.length() - 1) : given;
    if (!url.isEmpty() && !EdgeAnnouncement.isUrl(url)) {
      throw new SettingException(
          "%s: \"%s\" is no http or https URL without a query, in ASCII"
              .formatted(PUBLIC_URL.key(), given));
    }
    String zone = settings.get(ZONE);
    if (!EdgeAnnouncement.isZone(zone)) {
      throw new SettingException(
          "%s: \"%s\" is not 1-200 bytes of A-Za-z0-9_.:/-".formatted(ZONE.key(), zone));
    }
    Duration lease = settings.get(LEASE);
    if (lease.compareTo(SHORTEST_LEASE) < 0 || lease.compareTo(LONGEST_LEASE) > 0) {
      throw new SettingException(
          "%s is to be from %d s to %d s"
              .formatted(LEASE.key(), SHORTEST_LEASE.toSeconds(), LONGEST_LEASE.toSeconds()));
    }
    return new PlacementConfig(url, zone, lease);
  }

  /** Whether the others are to know of this edge. */
  public boolean isAnnounced() {
    return !publicUrl.isEmpty();
  }
}
