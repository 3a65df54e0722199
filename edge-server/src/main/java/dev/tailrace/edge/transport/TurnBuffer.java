package dev.tailrace.edge.transport;

import java.nio.ByteBuffer;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.RetainableByteBuffer;
import org.eclipse.jetty.util.BufferUtil;

/**
 * The bytes of one turn, in a pooled direct buffer that is written from as it is. It exists only
 * while a turn is put together and written: an idle connection holds none.
 *
 * <p>Threading: whoever puts the turn together, then whoever completes its write.
 */
public final class TurnBuffer {
  private final ByteBufferPool pool;
  private RetainableByteBuffer buffer;
  private ByteBuffer bytes;
  private int position;

  /** An empty turn that is about to hold so many bytes, or more. */
  public TurnBuffer(ByteBufferPool pool, int expectedBytes) {
    this.pool = pool;
    this.buffer = pool.acquire(expectedBytes, true);
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
    RetainableByteBuffer larger = pool.acquire(Math.max(needed, 2 * bytes.capacity()), true);
    ByteBuffer space = larger.getByteBuffer();
    int start = BufferUtil.flipToFill(space);
    BufferUtil.flipToFlush(bytes, position);
    space.put(bytes);
    buffer.release();
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

  /** Gives the buffer back: once, when it is written or will not be. */
  public void release() {
    buffer.release();
  }
}
