package dev.tailrace.benchmarks;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;

/** Gives a stream to a parser as reads would: cut anywhere. */
final class Cuts {
  /** Takes the bytes of one read: those of the buffer up to an index. */
  interface Reader {
    void read(ByteBuffer bytes, int to);
  }

  private Cuts() {}

  /**
   * Whole, cut in two at every position, and byte by byte; each time with a new reader.
   *
   * @param run gets what feeds the stream to a reader
   */
  static void each(byte[] stream, Consumer<Consumer<Reader>> run) {
    run.accept(reader -> feed(reader, stream, 0, stream.length));
    for (int cut = 1; cut < stream.length; cut++) {
      int at = cut;
      run.accept(
          reader -> {
            feed(reader, stream, 0, at);
            feed(reader, stream, at, stream.length);
          });
    }
    run.accept(
        reader -> {
          for (int i = 0; i < stream.length; i++) {
            feed(reader, stream, i, i + 1);
          }
        });
  }

  private static void feed(Reader reader, byte[] stream, int from, int to) {
    ByteBuffer direct = ByteBuffer.allocateDirect(to - from);
    direct.put(Arrays.copyOfRange(stream, from, to));
    reader.read(direct, to - from);
  }
}
