package dev.tailrace.edge.limit;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * What counts as one place that clients come from: an address of IPv4, or a /64 of IPv6, of which
 * whoever has one address has all.
 *
 * <p>Threading: stateless.
 */
public final class Networks {
  private static final int PREFIX_BYTES = 8;

  private Networks() {}

  /** That of an address, as a key. */
  public static String of(InetAddress address) {
    byte[] bytes = address.getAddress();
    return HexFormat.of()
        .formatHex(address instanceof Inet6Address ? Arrays.copyOf(bytes, PREFIX_BYTES) : bytes);
  }
}
