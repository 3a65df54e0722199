package dev.tailrace.dispatcher.pump;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** The pump's producer, between the pump and Kafka's thread. */
public final class LaneProducerStress {
  private static final Duration FOR_EVER = Duration.ofSeconds(20);
  private static final ProducerRecord<byte[], byte[]> RECORD =
      new ProducerRecord<>("t", new byte[1], new byte[1]);

  private LaneProducerStress() {}

  /** A producer that leaves its callbacks to the test. */
  public abstract static class Sent {
    private final Callback[] callbacks = new Callback[2];
    private int sent;
    final AtomicInteger closed = new AtomicInteger();
    final AtomicInteger acknowledged = new AtomicInteger();
    final LaneProducer lanes =
        new LaneProducer(producer(), Clock.systemUTC(), any -> acknowledged.incrementAndGet());
    final SourceEvent event = new SourceEvent(0, 0, 0);

    Sent(int copies) {
      for (int i = 0; i < copies; i++) {
        lanes.send(RECORD, event);
      }
      lanes.allSent(event);
    }

    @SuppressWarnings("unchecked")
    private Producer<byte[], byte[]> producer() {
      return (Producer<byte[], byte[]>)
          Proxy.newProxyInstance(
              Sent.class.getClassLoader(),
              new Class<?>[] {Producer.class},
              (proxy, method, args) -> {
                switch (method.getName()) {
                  case "send" -> callbacks[sent++] = (Callback) args[1];
                  case "close" -> closed.incrementAndGet();
                  default -> throw new UnsupportedOperationException(method.getName());
                }
                return null;
              });
    }

    void complete(int copy, Exception failure) {
      callbacks[copy].onCompletion(null, failure);
    }
  }

  /**
   * The pump waits for an acknowledgement that comes while it begins to: it is woken by it, and not
   * by the end of the time. One that is missed makes the test stand still, and time is the only way
   * to see that.
   */
  @JCStressTest
  @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "acknowledged, and woken")
  @Outcome(expect = FORBIDDEN, desc = "it slept over the acknowledgement")
  @State
  public static class Awaited extends Sent {
    public Awaited() {
      super(1);
    }

    @Actor
    public void kafka() {
      complete(0, null);
    }

    @Actor
    public void pump(ZZ_Result r) {
      long began = System.nanoTime();
      r.r1 = lanes.await(event::isAcknowledged, FOR_EVER);
      r.r2 = System.nanoTime() - began < FOR_EVER.toNanos();
    }
  }

  /** Two copies fail at once: the producer is closed by the first, once. */
  @JCStressTest
  @Outcome(id = "1, 0, 0", expect = ACCEPTABLE, desc = "closed once, nothing in flight")
  @Outcome(expect = FORBIDDEN, desc = "not closed, closed twice, or taken for acknowledged")
  @State
  public static class TwoFailures extends Sent {
    public TwoFailures() {
      super(2);
    }

    @Actor
    public void one() {
      complete(0, new IllegalStateException("one"));
    }

    @Actor
    public void other() {
      complete(1, new IllegalStateException("other"));
    }

    @Arbiter
    public void after(III_Result r) {
      r.r1 = closed.get();
      r.r2 = (int) lanes.inFlightBytes();
      r.r3 = acknowledged.get();
    }
  }
}
