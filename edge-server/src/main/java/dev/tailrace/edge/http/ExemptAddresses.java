package dev.tailrace.edge.http;

import dev.tailrace.support.config.Setting;
import dev.tailrace.support.config.SettingException;
import dev.tailrace.support.config.Settings;
import java.net.InetAddress;
import java.util.List;
import java.util.function.Predicate;
import org.eclipse.jetty.util.InetAddressSet;

/**
 * Addresses that no limit of connections is for. These are the proxies that are named, whose own
 * address a client has that they do not name; and unless a list says otherwise the machine's own
 * and, where no proxy is named, private ones: behind a proxy that nobody named all clients have one
 * address.
 *
 * <p>Threading: immutable; any thread.
 */
public final class ExemptAddresses implements Predicate<InetAddress> {
  private static final Setting<List<String>> EXEMPT =
      Setting.list(
          "edge.address.exempt",
          "",
          "Addresses or networks that edge.address.connections and edge.address.connect.rate are"
              + " not for, such as 192.0.2.0/24. When empty: loopback, and without edge.proxies"
              + " also private networks, from which a proxy that is not named may speak for"
              + " everybody");

  /** All settings of this part. */
  public static final List<Setting<?>> SETTINGS = List.of(EXEMPT);

  /** RFC 1918, RFC 6598, RFC 3927, RFC 4193, RFC 4291. */
  private static final List<String> PRIVATE =
      List.of(
          "10.0.0.0/8",
          "172.16.0.0/12",
          "192.168.0.0/16",
          "100.64.0.0/10",
          "169.254.0.0/16",
          "[fc00::]/7",
          "[fe80::]/10");

  private final ProxyConfig proxies;
  private final boolean loopback;
  private final InetAddressSet networks;

  private ExemptAddresses(ProxyConfig proxies, boolean loopback, InetAddressSet networks) {
    this.proxies = proxies;
    this.loopback = loopback;
    this.networks = networks;
  }

  /**
   * Those of a configuration.
   *
   * @throws SettingException when an address is none
   */
  public static ExemptAddresses from(Settings settings, ProxyConfig proxies) {
    List<String> named = settings.get(EXEMPT);
    if (!named.isEmpty()) {
      return new ExemptAddresses(proxies, false, ProxyConfig.addresses(EXEMPT, named));
    }
    boolean proxied = !proxies.trusted().isEmpty();
    return new ExemptAddresses(
        proxies, true, ProxyConfig.addresses(EXEMPT, proxied ? List.of() : PRIVATE));
  }

  @Override
  public boolean test(InetAddress address) {
    return (loopback && address.isLoopbackAddress())
        || networks.test(address)
        || proxies.isTrusted(address);
  }
}
