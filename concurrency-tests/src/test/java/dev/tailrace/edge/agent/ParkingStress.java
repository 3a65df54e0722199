package dev.tailrace.edge.agent;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import org.jctools.queues.atomic.MpscAtomicArrayQueue;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZZ_Result;

/**
 * A wake-up is never lost: whoever gives work to a thread that will wait without having found it
 * knows that he has to wake it. One for each queue that a proxy has.
 */
public final class ParkingStress {
  private ParkingStress() {}

  /** What an agent and a proxy do. */
  public abstract static class OfferAndWake {
    private final Parking parking = new Parking();
    private final Queue<Integer> queue;

    OfferAndWake(Queue<Integer> queue) {
      this.queue = queue;
    }

    void idle(ZZZ_Result r) {
      parking.announce();
      r.r1 = queue.poll() != null;
      r.r2 = !r.r1 && parking.isQuiet();
    }

    void give(ZZZ_Result r) {
      queue.offer(1);
      r.r3 = parking.wake();
    }
  }

  /** The commands of a delivery agent. */
  @JCStressTest
  @Outcome(id = "false, true, false", expect = FORBIDDEN, desc = "it waits, and nobody wakes it")
  @Outcome(expect = ACCEPTABLE, desc = "it found the work, or is woken")
  @State
  public static class Delivery extends OfferAndWake {
    public Delivery() {
      super(new MpscUnboundedAtomicArrayQueue<>(2));
    }

    @Actor
    public void agent(ZZZ_Result r) {
      idle(r);
    }

    @Actor
    public void proxy(ZZZ_Result r) {
      give(r);
    }
  }

  /** The commands of a tail. */
  @JCStressTest
  @Outcome(id = "false, true, false", expect = FORBIDDEN, desc = "it waits, and nobody wakes it")
  @Outcome(expect = ACCEPTABLE, desc = "it found the work, or is woken")
  @State
  public static class Tail extends OfferAndWake {
    public Tail() {
      super(new MpscAtomicArrayQueue<>(2));
    }

    @Actor
    public void agent(ZZZ_Result r) {
      idle(r);
    }

    @Actor
    public void proxy(ZZZ_Result r) {
      give(r);
    }
  }

  /** The sessions of a catch-up reader. */
  @JCStressTest
  @Outcome(id = "false, true, false", expect = FORBIDDEN, desc = "it waits, and nobody wakes it")
  @Outcome(expect = ACCEPTABLE, desc = "it found the work, or is woken")
  @State
  public static class CatchUp extends OfferAndWake {
    public CatchUp() {
      super(new ArrayBlockingQueue<>(2));
    }

    @Actor
    public void agent(ZZZ_Result r) {
      idle(r);
    }

    @Actor
    public void proxy(ZZZ_Result r) {
      give(r);
    }
  }
}
