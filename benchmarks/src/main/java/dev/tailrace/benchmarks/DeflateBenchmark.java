package dev.tailrace.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.UUID;
import java.util.zip.Deflater;

/**
 * What CPU time it costs to compress a WebSocket message by itself, and what it saves: the figures
 * of ADR 0011. Prints a line for each size of data and level, of the best of its rounds.
 */
public final class DeflateBenchmark {
  private static final int[] DATA_BYTES = {64, 128, 256, 512, 1_024, 2_048, 4_096, 16_384};
  private static final int[] LEVELS = {1, 3, 6};
  private static final ThreadMXBean THREAD = ManagementFactory.getThreadMXBean();
  private static final int MESSAGES = 500;
  private static final int ROUNDS = 40;
  private static final int TAIL_BYTES = 4;

  private DeflateBenchmark() {}

  /** Runs it; there are no arguments. */
  public static void main(String[] args) {
    for (int dataBytes : DATA_BYTES) {
      byte[][] messages = messages(dataBytes);
      for (int level : LEVELS) {
        measure(dataBytes, level, messages);
      }
    }
  }

  private static void measure(int dataBytes, int level, byte[][] messages) {
    Deflater deflater = new Deflater(level, true);
    byte[] out = new byte[2 * DATA_BYTES[DATA_BYTES.length - 1]];
    long plain = 0;
    for (byte[] message : messages) {
      plain += message.length;
    }
    long compressed = 0;
    long bestNs = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      compressed = 0;
      long startNs = THREAD.getCurrentThreadCpuTime();
      for (byte[] message : messages) {
        deflater.setInput(message);
        compressed += deflater.deflate(out, 0, out.length, Deflater.SYNC_FLUSH) - TAIL_BYTES;
        deflater.reset();
      }
      bestNs = Math.min(bestNs, THREAD.getCurrentThreadCpuTime() - startNs);
    }
    deflater.end();
    System.out.printf(
        "data %5d level %d: message %d -> %d bytes (%.0f %%), %.1f us of CPU%n",
        dataBytes,
        level,
        plain / MESSAGES,
        compressed / MESSAGES,
        100.0 * compressed / plain,
        bestNs / 1e3 / MESSAGES);
  }

  private static byte[][] messages(int dataBytes) {
    Random random = new Random(1);
    byte[][] messages = new byte[MESSAGES][];
    for (int i = 0; i < MESSAGES; i++) {
      messages[i] = message(dataBytes, random, i).getBytes(StandardCharsets.UTF_8);
    }
    return messages;
  }

  private static String message(int dataBytes, Random random, int index) {
    return "{\"event\":{\"channel\":\"scores.%d\",\"id\":\"%s\",\"type\":\"goal\","
            .formatted(random.nextInt(50), new UUID(random.nextLong(), random.nextLong()))
        + "\"time\":\"2026-11-24T14:%02d:%02d.%03dZ\",\"data\":%s,\"cursor\":\"d2m0h0~c1-2.%s\"}}"
            .formatted(
                random.nextInt(60),
                random.nextInt(60),
                random.nextInt(1_000),
                data(dataBytes, random),
                Integer.toString(1_000 + index, 36));
  }

  /** An object of numbers, short random words and flags: it repeats its keys' beginnings only. */
  private static String data(int dataBytes, Random random) {
    StringBuilder data = new StringBuilder("{");
    for (int member = 0; data.length() < dataBytes - 2; member++) {
      data.append(member == 0 ? "" : ",").append("\"key").append(member).append("\":");
      switch (member % 3) {
        case 0 -> data.append(random.nextInt(100_000));
        case 1 ->
            data.append('"').append(Integer.toString(random.nextInt(1 << 30), 36)).append('"');
        default -> data.append(random.nextBoolean());
      }
    }
    return data.append('}').toString();
  }
}
