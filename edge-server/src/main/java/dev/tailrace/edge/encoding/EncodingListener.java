package dev.tailrace.edge.encoding;

/** Hears of each encoding that is made, for metrics. Called on any thread; must not block. */
@FunctionalInterface
public interface EncodingListener {
  /** A log entry has got its bytes in this form, for the first and only time. */
  void onEncoded(EncodingKey key);
}
