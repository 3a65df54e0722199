package dev.tailrace.benchmarks;

/**
 * Takes what a stream holds.
 *
 * <p>Threading: the load client's thread.
 */
interface StreamSink {
  /** An event's stamp, as {@link Stamp} wrote it. */
  void onStamp(long sequence, long dueNs);

  /** The bytes after which events may come. */
  void onReady();

  /** A WebSocket Ping that wants a Pong with the same data. */
  void onPing(byte[] data);

  /** The server has ended the stream, or broken its protocol. */
  void onEnd(String reason);
}
