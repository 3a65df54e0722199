package dev.tailrace.edge.tail;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.tailrace.edge.log.Entries;
import dev.tailrace.edge.log.PartitionLog;
import dev.tailrace.edge.tail.LostTails.LostTail;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJJ_Result;
import org.openjdk.jcstress.infra.results.L_Result;

/** What was lost is remembered before anybody can see that a log was given up for it. */
public final class LostTailsStress {
  private LostTailsStress() {}

  /** As the tail gives a log up. */
  @JCStressTest
  @Outcome(id = "open", expect = ACCEPTABLE, desc = "before")
  @Outcome(id = "told", expect = ACCEPTABLE, desc = "closed, and who comes anew is told")
  @Outcome(expect = FORBIDDEN, desc = "closed, and who comes anew is not told")
  @State
  public static class Closing {
    private final LostTails lost = new LostTails(new StoppedClock());
    private final PartitionLog log = new PartitionLog(Entries.PARTITION, 0, 1 << 20);

    @Actor
    public void tail() {
      long atMs = lost.add(Entries.PARTITION, 5, 10);
      log.closeTruncated(5, atMs);
    }

    @Actor
    public void agent(L_Result r) {
      if (!log.isClosed()) {
        r.r1 = "open";
      } else {
        r.r1 = lost.untold(Entries.PARTITION, 7, 0, 0) == null ? "not told" : "told";
      }
    }
  }

  /** Two losses of a partition: both are kept, each has a time of its own. */
  @JCStressTest
  @Outcome(id = "1, 5, 10", expect = ACCEPTABLE, desc = "both")
  @Outcome(expect = FORBIDDEN, desc = "one was lost, or is taken for the other")
  @State
  public static class TwoLosses {
    private final LostTails lost = new LostTails(new StoppedClock());
    private long first;
    private long second;

    @Actor
    public void one() {
      first = lost.add(Entries.PARTITION, 5, 8);
    }

    @Actor
    public void other() {
      second = lost.add(Entries.PARTITION, 6, 10);
    }

    @Arbiter
    public void kept(JJJ_Result r) {
      LostTail tail = lost.untold(Entries.PARTITION, 7, 0, 0);
      r.r1 = Math.abs(first - second);
      r.r2 = tail == null ? -1 : tail.from();
      r.r3 = tail == null ? -1 : tail.to();
    }
  }
}
