package dev.tailrace.edge.client;

import com.google.protobuf.ByteString;

/**
 * An event as a client got it.
 *
 * @param channel empty for a personal event
 */
public record Received(String channel, String id, ByteString data, String cursor) {
  /** Where it was published, and its id: {@code scores/e1}, {@code /e1}. */
  public String name() {
    return channel + "/" + id;
  }
}
