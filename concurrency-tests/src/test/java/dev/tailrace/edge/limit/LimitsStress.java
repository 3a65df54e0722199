package dev.tailrace.edge.limit;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.tailrace.edge.publish.InFlightBudget;
import dev.tailrace.edge.tail.StoppedClock;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** The last of what may be taken is taken once. */
public final class LimitsStress {
  private LimitsStress() {}

  /** Of a key's bucket. */
  @JCStressTest
  @Outcome(id = "true, false", expect = ACCEPTABLE, desc = "by the one")
  @Outcome(id = "false, true", expect = ACCEPTABLE, desc = "by the other")
  @Outcome(expect = FORBIDDEN, desc = "by both, or by nobody")
  @State
  public static class Rate {
    private final RateLimiter<String> limiter = new RateLimiter<>(1, 1, 2, new StoppedClock());

    @Actor
    public void one(ZZ_Result r) {
      r.r1 = limiter.take("k").isZero();
    }

    @Actor
    public void other(ZZ_Result r) {
      r.r2 = limiter.take("k").isZero();
    }
  }

  /** Of the room for published events. */
  @JCStressTest
  @Outcome(id = "true, false", expect = ACCEPTABLE, desc = "by the one")
  @Outcome(id = "false, true", expect = ACCEPTABLE, desc = "by the other")
  @Outcome(expect = FORBIDDEN, desc = "by both, or by nobody")
  @State
  public static class InFlight {
    private final InFlightBudget budget = new InFlightBudget(10, 5);

    @Actor
    public void one(ZZ_Result r) {
      r.r1 = budget.take(1, 3);
    }

    @Actor
    public void other(ZZ_Result r) {
      r.r2 = budget.take(1, 3);
    }
  }
}
