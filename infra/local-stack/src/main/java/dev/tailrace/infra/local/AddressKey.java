package dev.tailrace.infra.local;

import dev.tailrace.v1.Event;
import java.nio.charset.StandardCharsets;

/**
 * The key for those who want the events of an address in their order: the address. Events of one
 * key share an ingress partition.
 *
 * <p>Threading: stateless.
 */
public final class AddressKey {
  private AddressKey() {}

  /** The first user, or else the first channel that this is for. */
  public static byte[] of(Event event) {
    String address = event.getUsersCount() > 0 ? event.getUsers(0) : event.getChannels(0);
    return address.getBytes(StandardCharsets.UTF_8);
  }
}
