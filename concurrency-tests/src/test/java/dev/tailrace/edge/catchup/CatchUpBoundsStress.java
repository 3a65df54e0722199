package dev.tailrace.edge.catchup;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.tailrace.edge.catchup.CatchUpAllowance.Holder;
import dev.tailrace.edge.tail.StoppedClock;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JI_Result;
import org.openjdk.jcstress.infra.results.Z_Result;

/** What bounds catch-up, while several count. */
public final class CatchUpBoundsStress {
  private CatchUpBoundsStress() {}

  /** Whoever makes room wakes the reader: one of the two who give back does, and only one. */
  @JCStressTest
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "all given back, told once")
  @Outcome(expect = FORBIDDEN, desc = "a wake-up too few or too many, or a wrong count")
  @State
  public static class Room {
    private final AtomicInteger told = new AtomicInteger();
    private final ChunkBudget budget = new ChunkBudget(4, told::incrementAndGet);

    public Room() {
      budget.take(6);
    }

    @Actor
    public void one() {
      budget.giveBack(3);
    }

    @Actor
    public void other() {
      budget.giveBack(3);
    }

    @Arbiter
    public void after(JI_Result r) {
      r.r1 = budget.used();
      r.r2 = told.get();
    }
  }

  /** Two agents charge the same user: both count. */
  @JCStressTest
  @Outcome(id = "false", expect = ACCEPTABLE, desc = "both count")
  @Outcome(expect = FORBIDDEN, desc = "one was lost")
  @State
  public static class Charges {
    private static final Holder HOLDER = new Holder("u", null);
    private final CatchUpAllowance allowance =
        new CatchUpAllowance(new CatchUpConfig(2, 2), new StoppedClock());

    @Actor
    public void one() {
      allowance.charge(HOLDER, 1);
    }

    @Actor
    public void other() {
      allowance.charge(HOLDER, 1);
    }

    @Arbiter
    public void left(Z_Result r) {
      r.r1 = allowance.hasLeft(HOLDER);
    }
  }
}
