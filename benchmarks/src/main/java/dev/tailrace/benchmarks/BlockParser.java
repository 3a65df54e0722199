package dev.tailrace.benchmarks;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads an event stream block by block, as an EventSource does (WHATWG HTML, 9.2.6): what was cut
 * within a block has not come.
 *
 * <p>Threading: the client's thread.
 */
final class BlockParser extends EventStreamParser {
  private static final String EVENT = "event: ";
  private static final String ID = "id: ";
  private static final String STAMP = new String(Stamp.MARK, StandardCharsets.US_ASCII);
  private static final int HEX = 16;

  /** Takes the blocks. */
  interface Blocks {
    /**
     * One.
     *
     * @param type empty for an application's event without one
     * @param stamped the event's sequence, with its run; negative for a block without a stamp
     * @param dueNs when the event was due; of no meaning without a stamp
     * @param cursor the last one, this block's if it has one
     */
    void onBlock(String type, long stamped, long dueNs, @Nullable String cursor);
  }

  private final Blocks blocks;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private String type = "";
  private long stamped = -1;
  private long dueNs;
  private @Nullable String cursor;

  BlockParser(StreamSink sink, Blocks blocks, boolean chunked) {
    super(sink, new StampScanner(0), new byte[0], chunked);
    this.blocks = blocks;
  }

  @Override
  void payload(ByteBuffer bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      byte next = bytes.get(i);
      if (next == '\n') {
        onLine(line.toString(StandardCharsets.UTF_8));
        line.reset();
      } else {
        line.write(next);
      }
    }
  }

  private void onLine(String text) {
    if (text.isEmpty()) {
      blocks.onBlock(type, stamped, dueNs, cursor);
      type = "";
      stamped = -1;
    } else if (text.startsWith(EVENT)) {
      type = text.substring(EVENT.length());
    } else if (text.startsWith(ID)) {
      cursor = text.substring(ID.length());
    } else {
      int mark = text.indexOf(STAMP);
      if (mark >= 0) {
        int digits = mark + STAMP.length();
        stamped = Long.parseUnsignedLong(text, digits, digits + HEX, HEX);
        dueNs = Long.parseUnsignedLong(text, digits + HEX, digits + 2 * HEX, HEX);
      }
    }
  }
}
