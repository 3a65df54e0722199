package dev.tailrace.schemas;

import java.nio.charset.StandardCharsets;

/**
 * Maps an address to one of {@value #SLOTS} slots: murmur2 over its UTF-8 bytes, sign bit cleared,
 * modulo {@value #SLOTS}. The same function as Kafka's Java partitioner, done here because other
 * Kafka clients hash differently. Golden vectors for other languages: {@code slot-vectors.json}
 * beside this class.
 *
 * <p>Threading: stateless.
 */
public final class SlotHash {
  /** How many slots addresses hash to. Never changes: cursors and slot maps depend on it. */
  public static final int SLOTS = 4096;

  /** The slot of {@link Channels#BROADCAST}, which no other address can hash to. */
  public static final int BROADCAST_SLOT = SLOTS;

  private static final int SEED = 0x9747b28c;
  private static final int M = 0x5bd1e995;
  private static final int R = 24;

  private SlotHash() {}

  /** The slot of a user, or of a channel other than the broadcast one: 0 to 4095. */
  public static int slot(String address) {
    return (murmur2(address.getBytes(StandardCharsets.UTF_8)) & 0x7fffffff) % SLOTS;
  }

  /** The slot of a channel: its hash, or {@link #BROADCAST_SLOT} for the broadcast channel. */
  public static int channelSlot(String channel) {
    return channel.equals(Channels.BROADCAST) ? BROADCAST_SLOT : slot(channel);
  }

  /** The slot of an address of this lane. */
  public static int slot(Lane lane, String address) {
    return lane == Lane.USERS ? slot(address) : channelSlot(address);
  }

  /** MurmurHash2, 32 bits, little-endian blocks, the seed Kafka uses. */
  public static int murmur2(byte[] data) {
    int length = data.length;
    int h = SEED ^ length;
    int i = 0;
    for (; i + 4 <= length; i += 4) {
      int k =
          (data[i] & 0xff)
              | (data[i + 1] & 0xff) << 8
              | (data[i + 2] & 0xff) << 16
              | (data[i + 3] & 0xff) << 24;
      k *= M;
      k ^= k >>> R;
      k *= M;
      h = h * M ^ k;
    }
    int left = length - i;
    if (left > 0) {
      for (int j = left - 1; j >= 0; j--) {
        h ^= (data[i + j] & 0xff) << (8 * j);
      }
      h *= M;
    }
    h ^= h >>> 13;
    h *= M;
    return h ^ h >>> 15;
  }
}
