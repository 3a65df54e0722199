package dev.tailrace.edge.transport;

import java.nio.ByteBuffer;
import org.eclipse.jetty.io.RetainableByteBuffer;
import org.eclipse.jetty.util.BufferUtil;

/**
 * The bytes of one turn, in a pooled direct buffer that is written from as it is. It exists only
 * while a turn is put together and written: an idle connection holds none.
 *
 * <p>Threading: whoever puts the turn together, then whoever completes its write.
 */
public final class TurnBuffer {
  private final TurnBuffers pool;
  private RetainableByteBuffer buffer;
  private ByteBuffer bytes;
  private int position;

  TurnBuffer(TurnBuffers pool, int expectedBytes) {
    this.pool = pool;
    this.buffer = pool.take(expectedBytes);
    this.bytes = buffer.getByteBuffer();
    this.position = BufferUtil.flipToFill(bytes);
  }

  /** Adds all of these bytes. */
  public void put(byte[] added) {
    put(added, 0);
  }

  /** Adds these bytes from a place in them on. */
  public void put(byte[] added, int from) {
    makeRoom(added.length - from);
    bytes.put(added, from, added.length - from);
  }

  /** Adds text that is ASCII only. */
  public void putAscii(CharSequence text) {
    int length = text.length();
    makeRoom(length);
    for (int i = 0; i < length; i++) {
      bytes.put((byte) text.charAt(i));
    }
  }

  private void makeRoom(int more) {
    if (bytes.remaining() >= more) {
      return;
    }
    int needed = length() + more;
    int doubled = Math.min(2 * bytes.capacity(), TurnBuffers.POOLED_BYTES);
    RetainableByteBuffer larger = pool.take(Math.max(needed, doubled));
    ByteBuffer space = larger.getByteBuffer();
    int start = BufferUtil.flipToFill(space);
    BufferUtil.flipToFlush(bytes, position);
    space.put(bytes);
    pool.giveBack(buffer);
    buffer = larger;
    bytes = space;
    position = start;
  }

  /** Bytes so far. */
  public int length() {
    return bytes.position() - position;
  }

  /** What is to be written; nothing can be added after this. */
  public ByteBuffer toWrite() {
    BufferUtil.flipToFlush(bytes, position);
    return bytes;
  }

  /** Gives the buffer back: it is written, or nobody was asked to write it. */
  public void release() {
    pool.giveBack(buffer);
  }

  /**
   * Lets go of a buffer whose write failed. Jetty's HTTP/2 says so while it may still be writing
   * from it: whoever had the buffer next would have his bytes sent to this client.
   */
  public void abandon() {
    pool.abandon(buffer);
  }
}
