package dev.tailrace.schemas;

/**
 * The bounds of one event.
 *
 * @param maxDataBytes longest {@code data}, in bytes
 * @param maxAddresses most users and channels together, after duplicates are removed
 */
public record EventLimits(int maxDataBytes, int maxAddresses) {
  /** 1 MiB of data, 1,000 addresses. */
  public static final EventLimits DEFAULT = new EventLimits(1 << 20, 1_000);

  /** Most bytes of id, content type, conflation key and attributes together: 16 KiB. */
  public static final int MAX_LABEL_BYTES = 16 << 10;
}
