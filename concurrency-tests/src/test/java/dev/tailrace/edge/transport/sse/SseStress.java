package dev.tailrace.edge.transport.sse;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.tailrace.edge.connection.ConnectionAcceptor;
import dev.tailrace.edge.connection.ConnectionAdmission;
import dev.tailrace.edge.connection.ConnectionLimits;
import dev.tailrace.edge.connection.ConnectionRequest;
import dev.tailrace.edge.connection.DisconnectReason;
import dev.tailrace.edge.connection.NotAdmittedException;
import dev.tailrace.edge.connection.Subscriber;
import dev.tailrace.edge.connection.Transport;
import dev.tailrace.edge.cursor.ClusterTag;
import dev.tailrace.edge.cursor.StartPosition;
import dev.tailrace.edge.encoding.EncodingKey;
import dev.tailrace.edge.encoding.EventEncoder;
import dev.tailrace.edge.tail.StoppedClock;
import dev.tailrace.edge.transport.RetryDelay;
import dev.tailrace.edge.transport.Scripted;
import dev.tailrace.edge.transport.TurnBuffer;
import dev.tailrace.edge.transport.TurnBuffers;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.Z_Result;

/** An event stream's beginning, its writes and its end, which come from different sides. */
public final class SseStress {
  private static final TurnBuffers BUFFERS = new TurnBuffers(64 << 20);
  private static final EventEncoder ENCODER =
      new EventEncoder(ClusterTag.of("c", "u", "h"), key -> {});
  private static final RetryDelay RETRY = new RetryDelay(1, 1, new SplittableRandom(1));
  private static final Scripted.Timer TIMER = new Scripted.Timer();
  private static final OpenStreams.Key KEY = new OpenStreams.Key("u", "n");
  private static final Subscriber NOBODY = new Subscriber("u", any -> true, () -> false, 0, 0);

  private SseStress() {}

  private static ConnectionAcceptor acceptor(AtomicInteger registered, AtomicInteger closed) {
    return (ConnectionAcceptor)
        Proxy.newProxyInstance(
            SseStress.class.getClassLoader(),
            new Class<?>[] {ConnectionAcceptor.class},
            (proxy, method, args) -> {
              switch (method.getName()) {
                case "offerRegister" -> registered.incrementAndGet();
                case "offerClosed" -> closed.incrementAndGet();
                default -> {}
              }
              return null;
            });
  }

  /** Keeps the write's callback, and counts ends. */
  private static final class Output implements StreamOutput {
    private final AtomicInteger ended = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private Callback written = Callback.NOOP;

    @Override
    public int headRoom() {
      return 0;
    }

    @Override
    public void write(TurnBuffer turn, Callback callback) {
      written = callback;
    }

    @Override
    public void write(byte[] shared, Callback callback) {
      written = callback;
    }

    @Override
    public void end(ByteBuffer last) {
      ended.incrementAndGet();
    }

    @Override
    public Scheduler scheduler() {
      return TIMER;
    }

    @Override
    public void fail(Throwable failure) {
      failed.incrementAndGet();
    }
  }

  /** A stream whose first write is on its way. */
  public abstract static class Opening {
    private final Output output = new Output();
    final SseTransport transport =
        new SseTransport(BUFFERS, output, ENCODER, EncodingKey.SSE_EVENT, RETRY);

    Callback written() {
      return output.written;
    }

    int ended() {
      return output.ended.get();
    }

    int failed() {
      return output.failed.get();
    }
  }

  /** The client leaves while the first bytes are written: all that was taken is given back. */
  @JCStressTest
  @Outcome(id = "0, 0, 0", expect = ACCEPTABLE, desc = "nothing is left of it")
  @Outcome(expect = FORBIDDEN, desc = "a place, a name or an agent's connection is left for good")
  @State
  public static class LeavesAtOnce extends Opening {
    private final AtomicInteger registered = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();
    private final OpenStreams streams = new OpenStreams();
    private final ConnectionAdmission admission =
        new ConnectionAdmission(
            1, new ConnectionLimits(0, 0, 0), any -> true, new StoppedClock(), (k, l) -> {});
    private final StreamLife life;

    public LeavesAtOnce() {
      ConnectionAcceptor acceptor = acceptor(registered, closed);
      try {
        life =
            new StreamLife(
                transport,
                admission.admit(Transport.Kind.SSE, null, "u"),
                acceptor,
                streams.place(KEY, transport, acceptor));
      } catch (NotAdmittedException e) {
        throw new IllegalStateException(e);
      }
      life.begin(
          new ConnectionRequest(
              transport,
              NOBODY,
              Set.of(),
              StartPosition.LATEST,
              0,
              0,
              ConnectionRequest.PRESENT,
              null));
    }

    @Actor
    public void jetty() {
      written().succeeded();
    }

    @Actor
    public void client() {
      life.end(new IOException("gone"));
    }

    @Arbiter
    public void left(III_Result r) {
      r.r1 = admission.held();
      r.r2 = streams.refresh(KEY, NOBODY) ? 1 : 0;
      r.r3 = registered.get() - closed.get();
    }
  }

  /** A stream comes under the name of one that is just going: the name is the new one's. */
  @JCStressTest
  @Outcome(id = "true", expect = ACCEPTABLE, desc = "found")
  @Outcome(expect = FORBIDDEN, desc = "the old one took the new one's name along")
  @State
  public static class SameName extends Opening {
    private final OpenStreams streams = new OpenStreams();
    private final ConnectionAcceptor acceptor = acceptor(new AtomicInteger(), new AtomicInteger());
    private final SseTransport newer =
        new SseTransport(BUFFERS, new Output(), ENCODER, EncodingKey.SSE_EVENT, RETRY);
    private final OpenStreams.Place before = streams.place(KEY, transport, acceptor);
    private final OpenStreams.Place after = streams.place(KEY, newer, acceptor);

    public SameName() {
      before.take();
    }

    @Actor
    public void goes() {
      before.leave();
    }

    @Actor
    public void comes() {
      after.take();
    }

    @Arbiter
    public void named(Z_Result r) {
      r.r1 = streams.refresh(KEY, NOBODY);
    }
  }

  /** It is closed while a turn is written: its end is written once, whoever comes last. */
  @JCStressTest
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "ended once")
  @Outcome(expect = FORBIDDEN, desc = "ended twice, or never")
  @State
  public static class CloseAgainstWrite extends Opening {
    public CloseAgainstWrite() {
      transport.open(failure -> {});
    }

    @Actor
    public void jetty() {
      written().succeeded();
    }

    @Actor
    public void agent() {
      transport.close(DisconnectReason.SHUTDOWN);
    }

    @Arbiter
    public void after(II_Result r) {
      r.r1 = ended();
      r.r2 = failed();
    }
  }

  /** Closed from this side and from the other: one of them ends it. */
  @JCStressTest
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "ended")
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "cut")
  @Outcome(expect = FORBIDDEN, desc = "both, or neither")
  @State
  public static class CloseAgainstFailure extends Opening {
    @Actor
    public void client() {
      transport.fail(new IOException("gone"));
    }

    @Actor
    public void agent() {
      transport.close(DisconnectReason.SHUTDOWN);
    }

    @Arbiter
    public void after(II_Result r) {
      r.r1 = ended();
      r.r2 = failed();
    }
  }
}
