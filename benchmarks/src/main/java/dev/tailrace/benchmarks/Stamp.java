package dev.tailrace.benchmarks;

import java.nio.charset.StandardCharsets;

/**
 * What every event of a load carries at the start of its data, in a fixed width: its sequence
 * within its address and when it was due. The upper 16 bits of the sequence name the run, so that
 * what an earlier one left behind is not taken for this one's.
 *
 * <p>Threading: stateless.
 */
public final class Stamp {
  /** What comes before the digits. */
  static final byte[] MARK = ascii("\"stamp\":\"");

  /** Of the two numbers, in hexadecimal. */
  static final int DIGITS = 32;

  /** Mark and digits. */
  static final int BYTES = MARK.length + DIGITS;

  private static final int RUN_SHIFT = 48;
  private static final String BEFORE_FILLER = "\",\"filler\":\"";
  private static final String END = "\"}";

  /** The shortest data that holds a stamp. */
  static final int LEAST_DATA_BYTES = 1 + BYTES + BEFORE_FILLER.length() + END.length();

  private Stamp() {}

  /** JSON of this length with a stamp of zeros. */
  public static byte[] data(int bytes) {
    return ascii(
        "{%s%s%s%s%s"
            .formatted(
                new String(MARK, StandardCharsets.US_ASCII),
                "0".repeat(DIGITS),
                BEFORE_FILLER,
                "x".repeat(fillerBytes(bytes)),
                END));
  }

  /** How much of such data follows its stamp and can hold no other. */
  static int fillerBytes(int dataBytes) {
    return Math.max(0, dataBytes - LEAST_DATA_BYTES);
  }

  /** Where the digits of the first stamp in these bytes begin. */
  public static int digitsAt(byte[] bytes) {
    int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("\"stamp\":\"");
    if (at < 0) {
      throw new IllegalArgumentException("no stamp");
    }
    return at + MARK.length;
  }

  /** Overwrites the digits that begin there. */
  public static void write(byte[] bytes, int digitsAt, long sequence, long dueNs) {
    for (int i = 0; i < 16; i++) {
      int shift = 60 - 4 * i;
      bytes[digitsAt + i] = digit(sequence >>> shift);
      bytes[digitsAt + 16 + i] = digit(dueNs >>> shift);
    }
  }

  private static byte digit(long nibble) {
    return (byte) "0123456789abcdef".charAt((int) nibble & 15);
  }

  /** A sequence that names its run, 0-65,535. */
  static long ofRun(int run, long sequence) {
    return (long) run << RUN_SHIFT | sequence;
  }

  /** The run that a sequence names. */
  static int run(long sequence) {
    return (int) (sequence >>> RUN_SHIFT);
  }

  /** A sequence without its run. */
  static long withoutRun(long sequence) {
    return sequence & (1L << RUN_SHIFT) - 1;
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
