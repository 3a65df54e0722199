package dev.tailrace.dispatcher.pump;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZZ_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** An event's copies: sent by the pump, acknowledged on Kafka's thread. */
public final class SourceEventStress {
  private SourceEventStress() {}

  /** The pump has sent the last while the last is acknowledged: one of the two tells of it. */
  @JCStressTest
  @Outcome(id = "true, false, true", expect = ACCEPTABLE, desc = "Kafka's thread tells")
  @Outcome(id = "false, true, true", expect = ACCEPTABLE, desc = "the pump tells")
  @Outcome(expect = FORBIDDEN, desc = "told twice, or never")
  @State
  public static class LastCopy {
    private final SourceEvent event = new SourceEvent(0, 0, 0);

    public LastCopy() {
      event.copySent();
    }

    @Actor
    public void kafka(ZZZ_Result r) {
      r.r1 = event.settle();
    }

    @Actor
    public void pump(ZZZ_Result r) {
      r.r2 = event.settle();
    }

    @Arbiter
    public void after(ZZZ_Result r) {
      r.r3 = event.isAcknowledged();
    }
  }

  /** A copy is acknowledged while the pump sends the next: it is not all. */
  @JCStressTest
  @Outcome(id = "false, false", expect = ACCEPTABLE, desc = "the second is waited for")
  @Outcome(expect = FORBIDDEN, desc = "acknowledged before all copies are")
  @State
  public static class NextCopy {
    private final SourceEvent event = new SourceEvent(0, 0, 0);

    public NextCopy() {
      event.copySent();
    }

    @Actor
    public void kafka(ZZ_Result r) {
      r.r1 = event.settle();
    }

    @Actor
    public void pump(ZZ_Result r) {
      event.copySent();
      r.r2 = event.settle();
    }
  }

  /** The pump gives an event up: it stays open for good, and is waited for no longer. */
  @JCStressTest
  @Outcome(id = "false, false", expect = ACCEPTABLE, desc = "open, not under way")
  @Outcome(expect = FORBIDDEN, desc = "acknowledged, or waited for for ever")
  @State
  public static class GivenUp {
    private final SourceEvent event = new SourceEvent(0, 0, 0);

    public GivenUp() {
      event.copySent();
    }

    @Actor
    public void kafka() {
      event.settle();
    }

    @Actor
    public void pump() {
      event.giveUp();
    }

    @Arbiter
    public void after(ZZ_Result r) {
      r.r1 = event.isAcknowledged();
      r.r2 = event.isUnderWay();
    }
  }
}
