package dev.tailrace.edge.transport;

import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.RetainableByteBuffer;

/**
 * The buffers that turns are put together in. A connection whose client does not read keeps those
 * of its last turn; when such buffers take more than their share of memory, turns become small, so
 * that all connections together can not take what the edge needs: they hold that share, and 16 KiB
 * each beyond it. Events that are longer than that are not copied into a turn but written from the
 * bytes that all their readers share; the delivery agents bound those.
 *
 * <p>Threading: any thread.
 */
public final class TurnBuffers {
  /** What the pool keeps; what is larger is allocated for one use. */
  static final int POOLED_BYTES = 64 << 10;

  /** A turn that has this much goes out: with one more event it mostly fits a pooled buffer. */
  private static final int TURN_BYTES = 48 << 10;

  private static final int SMALL_TURN_BYTES = 2 << 10;

  private final ByteBufferPool pool = new ArrayByteBufferPool();
  private final AtomicLong bytesInUse = new AtomicLong();
  private final long shareBytes;

  /** Turns become small when more than these bytes are in use. */
  public TurnBuffers(long shareBytes) {
    this.shareBytes = shareBytes;
  }

  /** With an eighth of the heap's limit, which is the limit of direct memory too. */
  public static TurnBuffers ofMachine() {
    return new TurnBuffers(Runtime.getRuntime().maxMemory() / 8);
  }

  /** How many bytes fill a turn now. */
  public int turnBytes() {
    return turnBytes(TURN_BYTES);
  }

  /** How many bytes fill one now that is usually full with so many. */
  public int turnBytes(int usual) {
    return isScarce() ? SMALL_TURN_BYTES : usual;
  }

  private boolean isScarce() {
    return bytesInUse.get() >= shareBytes;
  }

  /** Whether an event of this length is to be copied into a turn. */
  public boolean isCopied(int length) {
    return length <= (isScarce() ? SMALL_TURN_BYTES : POOLED_BYTES);
  }

  /** Bytes of the buffers that are not given back. */
  public long bytesInUse() {
    return bytesInUse.get();
  }

  /** An empty turn that is about to hold so many bytes, or more. */
  public TurnBuffer acquire(int expectedBytes) {
    return acquire(expectedBytes, 0);
  }

  /** One that leaves so many bytes free in front, for {@link TurnBuffer#putInFront}. */
  public TurnBuffer acquire(int expectedBytes, int headRoom) {
    return new TurnBuffer(this, expectedBytes, headRoom);
  }

  RetainableByteBuffer take(int capacity) {
    RetainableByteBuffer buffer = pool.acquire(capacity, true);
    bytesInUse.addAndGet(buffer.getByteBuffer().capacity());
    return buffer;
  }

  void giveBack(RetainableByteBuffer buffer) {
    abandon(buffer);
    buffer.release();
  }

  /** It is not to be used again: the pool forgets it when it is collected. */
  void abandon(RetainableByteBuffer buffer) {
    bytesInUse.addAndGet(-buffer.getByteBuffer().capacity());
  }
}
