package dev.tailrace.edge.catchup;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.tailrace.edge.log.Entries;
import java.util.Queue;
import java.util.Set;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;
import org.openjdk.jcstress.infra.results.J_Result;

/** A session between the catch-up reader and its agent, and what its chunk counts meanwhile. */
public final class CatchUpSessionStress {
  private static final int SHARE = 5;

  private CatchUpSessionStress() {}

  private static CatchUpSession withChunk(Queue<CatchUpSession> sink) {
    CatchUpSession session = new CatchUpSession(Entries.PARTITION, 0, Set.of("c"), sink::offer);
    session.give(Entries.at(6), SHARE);
    return session;
  }

  private static ChunkBudget budget() {
    return new ChunkBudget(100, () -> {});
  }

  /** A client goes while its chunk is handed back: nothing of it counts for good. */
  @JCStressTest
  @Outcome(id = "0", expect = ACCEPTABLE, desc = "given back by one of the two")
  @Outcome(expect = FORBIDDEN, desc = "given back by none, or by both")
  @State
  public static class CancelAgainstCharge {
    private final ChunkBudget budget = budget();
    private final CatchUpSession session = withChunk(new MpscUnboundedAtomicArrayQueue<>(2));

    @Actor
    public void reader() {
      session.charge(budget);
    }

    @Actor
    public void agent() {
      session.cancel();
    }

    @Arbiter
    public void left(J_Result r) {
      r.r1 = budget.used();
    }
  }

  /** Two that let a chunk go give it back once. */
  @JCStressTest
  @Outcome(id = "0", expect = ACCEPTABLE, desc = "once")
  @Outcome(expect = FORBIDDEN, desc = "twice, or not at all")
  @State
  public static class LetGoTwice {
    private final ChunkBudget budget = budget();
    private final CatchUpSession session = withChunk(new MpscUnboundedAtomicArrayQueue<>(2));

    public LetGoTwice() {
      session.charge(budget);
    }

    @Actor
    public void agent() {
      session.letGo();
    }

    @Actor
    public void other() {
      session.cancel();
    }

    @Arbiter
    public void left(J_Result r) {
      r.r1 = budget.used();
    }
  }

  /** Handed back through the agent's queue: all of the chunk comes with it, and counts. */
  @JCStressTest
  @Outcome(id = "-1, 0", expect = ACCEPTABLE, desc = "not yet")
  @Outcome(id = "7, 1", expect = ACCEPTABLE, desc = "position and entries")
  @Outcome(expect = FORBIDDEN, desc = "a chunk in parts")
  @State
  public static class HandBack {
    private final ChunkBudget budget = budget();
    private final Queue<CatchUpSession> commands = new MpscUnboundedAtomicArrayQueue<>(2);
    private final CatchUpSession session =
        new CatchUpSession(Entries.PARTITION, 0, Set.of("c"), commands::offer);

    @Actor
    public void reader() {
      session.give(Entries.at(6), SHARE);
      session.charge(budget);
      session.done();
    }

    @Actor
    public void agent(JJ_Result r) {
      CatchUpSession back = commands.poll();
      r.r1 = back == null ? -1 : back.position();
      r.r2 = back == null ? 0 : back.entries().size();
      if (back != null && budget.used() != SHARE) {
        r.r2 = -2;
      }
    }
  }
}
