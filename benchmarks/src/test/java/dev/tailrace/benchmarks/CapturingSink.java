package dev.tailrace.benchmarks;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Writes down all that a stream holds, in its order. */
final class CapturingSink implements StreamSink {
  final List<String> seen = new ArrayList<>();

  @Override
  public void onStamp(long sequence, long dueNs) {
    seen.add("stamp %d %d".formatted(sequence, dueNs));
  }

  @Override
  public void onReady() {
    seen.add("ready");
  }

  @Override
  public void onPing(byte[] data) {
    seen.add("ping " + new String(data, StandardCharsets.US_ASCII));
  }

  @Override
  public void onEnd(String reason) {
    seen.add("end: " + reason);
  }
}
