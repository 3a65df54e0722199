package dev.tailrace.edge.http;

import dev.tailrace.support.config.Setting;
import dev.tailrace.support.config.SettingException;
import dev.tailrace.support.config.Settings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.util.InetAddressSet;

/**
 * Proxies in front of the edge, which say whom they speak for.
 *
 * @param trusted the addresses of those that are believed
 * @param header in which they say it
 * @param proxyProtocol whether these begin each connection with a header of the PROXY protocol
 */
public record ProxyConfig(InetAddressSet trusted, HttpHeader header, boolean proxyProtocol) {
  /** Whom to believe. */
  public static final Setting<List<String>> TRUSTED =
      Setting.list(
          "edge.proxies",
          "",
          "Addresses of proxies in front, such as 10.0.0.0/8: what these say is the client's"
              + " address; nobody else's word counts");

  /** Where they say it. */
  public static final Setting<HttpHeader> HEADER =
      new Setting<>(
          "edge.proxy.header",
          "The header in which the proxies named say who the client is: X-Forwarded-For or"
              + " Forwarded. They must write it themselves: one that they pass on is the client's",
          HttpHeader.X_FORWARDED_FOR.asString(),
          ProxyConfig::header,
          false);

  /** The PROXY protocol. */
  public static final Setting<Boolean> PROXY_PROTOCOL =
      Setting.flag(
          "edge.proxy.protocol",
          false,
          "The proxies named begin each connection with a PROXY protocol header, version 1 or 2");

  static final List<Setting<?>> SETTINGS = List.of(TRUSTED, HEADER, PROXY_PROTOCOL);

  /**
   * That of a configuration.
   *
   * @throws SettingException when an address is none, or nobody is named who may speak it
   */
  public static ProxyConfig from(Settings settings) {
    InetAddressSet trusted = addresses(TRUSTED, settings.get(TRUSTED));
    boolean proxyProtocol = settings.get(PROXY_PROTOCOL);
    if (proxyProtocol && trusted.isEmpty()) {
      throw new SettingException(
          "%s=true needs %s: the proxies that speak it"
              .formatted(PROXY_PROTOCOL.key(), TRUSTED.key()));
    }
    return new ProxyConfig(trusted, settings.get(HEADER), proxyProtocol);
  }

  /**
   * The set of these.
   *
   * @param setting where they are named
   * @throws SettingException when one of them is no address
   */
  static InetAddressSet addresses(Setting<?> setting, List<String> named) {
    InetAddressSet addresses = new InetAddressSet();
    for (String address : named) {
      try {
        addresses.add(address);
      } catch (IllegalArgumentException e) {
        throw new SettingException(
            "%s: %s is no address, range or network (10.1.2.3, 10.0.0.0/8, 10.1.2.3-10.1.2.9)"
                .formatted(setting.key(), address),
            e);
      }
    }
    return addresses;
  }

  private static HttpHeader header(String name) {
    return Stream.of(HttpHeader.X_FORWARDED_FOR, HttpHeader.FORWARDED)
        .filter(header -> header.is(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "\"%s\" is neither X-Forwarded-For nor Forwarded".formatted(name)));
  }

  /** Whether this is a proxy that is believed. */
  boolean isTrusted(SocketAddress peer) {
    return peer instanceof InetSocketAddress address
        && address.getAddress() != null
        && isTrusted(address.getAddress());
  }

  boolean isTrusted(InetAddress peer) {
    return trusted.test(peer);
  }
}
