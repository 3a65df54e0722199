package dev.tailrace.edge.transport;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.util.Callback;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** A connection that an agent, Jetty's threads and timers write to. */
public final class ConnectionWriterStress {
  private ConnectionWriterStress() {}

  /** Counts what it is told: ones for written, hundreds for failed. */
  private static final class Told extends AtomicInteger implements Callback {
    private static final long serialVersionUID = 1L;

    @Override
    public void succeeded() {
      addAndGet(1);
    }

    @Override
    public void failed(Throwable failure) {
      addAndGet(100);
    }
  }

  /** Two write: one after the other, and each hears of it once. */
  @JCStressTest
  @Outcome(id = "1, 1, 2", expect = ACCEPTABLE, desc = "both, one after the other")
  @Outcome(expect = FORBIDDEN, desc = "one in the other, or one is never told")
  @State
  public static class TwoWrites {
    private final Scripted.Sink sink = new Scripted.Sink();
    private final ConnectionWriter writer = Scripted.writer(sink);
    private final Told turn = new Told();
    private final Told pong = new Told();

    @Actor
    public void agent() {
      writer.write(turn, ByteBuffer.allocate(1));
    }

    @Actor
    public void reader() {
      writer.write(pong, ByteBuffer.allocate(1));
    }

    @Arbiter
    public void after(III_Result r) {
      r.r1 = turn.get();
      r.r2 = pong.get();
      r.r3 = sink.writes() - 100 * sink.overlaps();
    }
  }

  /** Nothing is written after the last; who comes too late hears that, once. */
  @JCStressTest
  @Outcome(id = "1, 1, 2", expect = ACCEPTABLE, desc = "before the last")
  @Outcome(id = "100, 1, 1", expect = ACCEPTABLE, desc = "after it: refused")
  @Outcome(expect = FORBIDDEN, desc = "written after the last, or never told")
  @State
  public static class Last {
    private final Scripted.Sink sink = new Scripted.Sink();
    private final ConnectionWriter writer = Scripted.writer(sink);
    private final Told turn = new Told();
    private final Told close = new Told();

    @Actor
    public void agent() {
      writer.write(turn, ByteBuffer.allocate(1));
    }

    @Actor
    public void closer() {
      writer.writeLast(close, ByteBuffer.allocate(1));
    }

    @Arbiter
    public void after(III_Result r) {
      r.r1 = turn.get();
      r.r2 = close.get();
      r.r3 = sink.writes() - 100 * sink.overlaps();
    }
  }

  /** The connection is cut while somebody writes: he hears of one end. */
  @JCStressTest
  @Outcome(id = "1, .*, 0", expect = ACCEPTABLE, desc = "written")
  @Outcome(id = "100, .*, 0", expect = ACCEPTABLE, desc = "failed")
  @Outcome(expect = FORBIDDEN, desc = "told twice, or never")
  @State
  public static class Cut {
    private final Scripted.Sink sink = new Scripted.Sink();
    private final ConnectionWriter writer = Scripted.writer(sink);
    private final Told turn = new Told();

    @Actor
    public void agent() {
      writer.write(turn, ByteBuffer.allocate(1));
    }

    @Actor
    public void timer() {
      writer.failed(new IOException("cut"));
    }

    @Arbiter
    public void after(III_Result r) {
      r.r1 = turn.get();
      r.r2 = sink.writes();
      r.r3 = sink.overlaps();
    }
  }
}
