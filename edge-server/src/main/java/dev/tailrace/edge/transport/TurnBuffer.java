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
  private final int headRoom;
  private RetainableByteBuffer buffer;
  private ByteBuffer bytes;
  private int start;

  TurnBuffer(TurnBuffers pool, int expectedBytes, int headRoom) {
    this.pool = pool;
    this.headRoom = headRoom;
    this.buffer = pool.take(expectedBytes + headRoom);
    this.bytes = buffer.getByteBuffer();
    this.start = begin(bytes);
  }

  private int begin(ByteBuffer empty) {
    int first = BufferUtil.flipToFill(empty) + headRoom;
    empty.position(first);
    return first;
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

  /** Adds this in front of all there is, in the room that was left there. */
  public void putInFront(byte added) {
    start--;
    bytes.put(start, added);
  }

  private void makeRoom(int more) {
    if (bytes.remaining() >= more) {
      return;
    }
    int needed = headRoom + length() + more;
    int doubled = Math.min(2 * bytes.capacity(), TurnBuffers.POOLED_BYTES);
    RetainableByteBuffer larger = pool.take(Math.max(needed, doubled));
    ByteBuffer space = larger.getByteBuffer();
    int first = begin(space);
    BufferUtil.flipToFlush(bytes, start);
    space.put(bytes);
    pool.giveBack(buffer);
    buffer = larger;
    bytes = space;
    start = first;
  }

  /** Bytes so far. */
  public int length() {
    return bytes.position() - start;
  }

  /** What is to be written; nothing can be added after this. */
  public ByteBuffer toWrite() {
    BufferUtil.flipToFlush(bytes, start);
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
