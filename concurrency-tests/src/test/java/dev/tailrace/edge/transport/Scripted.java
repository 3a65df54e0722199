package dev.tailrace.edge.transport;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.io.ByteArrayEndPoint;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.thread.Scheduler;

/** Jetty's parts that a transport stands on, without any I/O. */
public final class Scripted {
  private Scripted() {}

  /** Keeps the last task that it was given, and runs none. */
  public static final class Timer extends AbstractLifeCycle implements Scheduler {
    private volatile Runnable last = () -> {};

    /** What would run when the time is over. */
    public Runnable last() {
      return last;
    }

    @Override
    public Task schedule(Runnable task, long delay, TimeUnit units) {
      last = task;
      return () -> true;
    }
  }

  /** Takes what is written at once, and counts what may not be: a write in another. */
  public static final class Sink extends ByteArrayEndPoint {
    private final AtomicInteger writing = new AtomicInteger();
    private volatile int overlaps;
    private final AtomicInteger writes = new AtomicInteger();

    /** With nothing written. */
    public Sink() {
      super(new Timer(), 0, new byte[0], 8);
    }

    @Override
    public void write(Callback callback, ByteBuffer... buffers) {
      if (!writing.compareAndSet(0, 1)) {
        overlaps = 1;
      }
      writes.incrementAndGet();
      writing.set(0);
      callback.succeeded();
    }

    int overlaps() {
      return overlaps;
    }

    int writes() {
      return writes.get();
    }
  }

  static ConnectionWriter writer(Sink to) {
    return new ConnectionWriter(to, new Timer(), Duration.ofMinutes(1));
  }
}
