package dev.tailrace.testing.conversation;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A stream that a client holds open: of events, or a WebSocket. */
interface WireStream extends Closeable {
  /** Awaits a block; what is wrong with it, or null. */
  default @Nullable String nextBlock(Step.Block expected, Bindings bindings) throws IOException {
    throw new IllegalStateException("blocks are of event streams");
  }

  /** Awaits a frame; what is wrong with it, or null. */
  default @Nullable String nextFrame(Step.Frame expected, Bindings bindings) throws IOException {
    throw new IllegalStateException("frames are of WebSockets");
  }

  /** Awaits the edge's close; what is wrong with it, or null. */
  default @Nullable String mismatch(Step.Close expected, Bindings bindings) throws IOException {
    throw new IllegalStateException("closes are of WebSockets");
  }

  /** Awaits the end; what comes before it, or null. */
  default @Nullable String mismatchAtEnd() throws IOException {
    throw new IllegalStateException("ends are of event streams");
  }

  default void sendFrame(String frame, Bindings bindings) throws IOException {
    throw new IllegalStateException("frames are of WebSockets");
  }

  /** Closes as a client does; what is wrong with the answer, or null. */
  default @Nullable String mismatchAfterOwnClose() throws IOException {
    return null;
  }

  /** Cuts it. */
  @Override
  void close();

  /** An event stream. */
  record Blocks(BufferedReader lines, Runnable cut) implements WireStream {
    @Override
    public @Nullable String nextBlock(Step.Block expected, Bindings bindings) throws IOException {
      while (true) {
        List<String> block = read();
        if (block == null) {
          return "the stream is over";
        }
        String mismatch = Blocks.mismatch(expected.lines(), block, bindings);
        if (mismatch == null || !isPassedOver(block, expected.lines())) {
          return mismatch == null ? null : "%s: %s".formatted(mismatch, block);
        }
      }
    }

    @Override
    public @Nullable String mismatchAtEnd() throws IOException {
      List<String> block = read();
      return block == null ? null : "should end, and says " + block;
    }

    private @Nullable List<String> read() throws IOException {
      List<String> block = new ArrayList<>();
      String line = lines.readLine();
      while (line != null && (!line.isEmpty() || block.isEmpty())) {
        if (!line.isEmpty()) {
          block.add(line);
        }
        line = lines.readLine();
      }
      return block.isEmpty() ? null : block;
    }

    private static @Nullable String mismatch(
        List<String> expected, List<String> actual, Bindings bindings) {
      if (expected.size() != actual.size()) {
        return "should be " + expected;
      }
      Bindings trial = bindings.copy();
      for (int i = 0; i < expected.size(); i++) {
        String mismatch = BlockLine.of(expected.get(i)).mismatch(actual.get(i), trial);
        if (mismatch != null) {
          return mismatch;
        }
      }
      bindings.adopt(trial);
      return null;
    }

    /** Comments, and heartbeats where none is awaited. */
    private static boolean isPassedOver(List<String> block, List<String> expected) {
      String heartbeat = "event: tailrace.cursor";
      return block.stream().allMatch(line -> line.startsWith(":"))
          || (block.contains(heartbeat) && !expected.contains(heartbeat));
    }

    @Override
    public void close() {
      cut.run();
    }
  }

  /** A WebSocket. */
  record Frames(SocketFrames frames, Runnable cut) implements WireStream {
    private static final int NORMAL = 1000;
    private static final String HEARTBEAT = "{\"cursor\"";

    @Override
    public @Nullable String nextFrame(Step.Frame expected, Bindings bindings) throws IOException {
      SocketFrames.Message message = frames.read();
      while (message.text().startsWith(HEARTBEAT) && !expected.text().startsWith(HEARTBEAT)) {
        message = frames.read();
      }
      if (message.isClose()) {
        return "a frame should come, and it is closed: " + message;
      }
      return FrameText.mismatch(expected.text(), message.text(), bindings);
    }

    @Override
    public void sendFrame(String frame, Bindings bindings) throws IOException {
      frames.writeText(FrameText.fill(frame, bindings));
    }

    @Override
    public @Nullable String mismatch(Step.Close expected, Bindings bindings) throws IOException {
      SocketFrames.Message message = frames.read();
      while (message.text().startsWith(HEARTBEAT)) {
        message = frames.read();
      }
      TextPattern reason = expected.reason();
      if (!message.isClose()
          || message.closeCode() != expected.code()
          || (reason != null && !reason.takes(message.text(), bindings))) {
        return "should close with %d, and says %s".formatted(expected.code(), message);
      }
      frames.writeClose(expected.code(), "");
      return frames.isOver() ? null : "should end its connection after both closes";
    }

    @Override
    public @Nullable String mismatchAfterOwnClose() throws IOException {
      frames.writeClose(NORMAL, "");
      SocketFrames.Message message = frames.read();
      while (message.text().startsWith(HEARTBEAT)) {
        message = frames.read();
      }
      return message.isClose() ? null : "should answer the close, and says " + message;
    }

    @Override
    public void close() {
      cut.run();
    }
  }
}
