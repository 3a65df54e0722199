package dev.tailrace.edge.log;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.List;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IJ_Result;
import org.openjdk.jcstress.infra.results.J_Result;

/** What several delivery agents leave on an entry. */
public final class LogEntryStress {
  private LogEntryStress() {}

  /** Two forms at once: both stay, and both count. */
  @JCStressTest
  @Outcome(id = "2, 3", expect = ACCEPTABLE, desc = "both forms, their bytes counted")
  @Outcome(expect = FORBIDDEN, desc = "one was lost")
  @State
  public static class TwoEncodings {
    private final PartitionLog log = new PartitionLog(Entries.PARTITION, 0, 1 << 20);
    private final LogEntry entry = Entries.at(0);
    private final long before;

    public TwoEncodings() {
      log.append(List.of(entry), 1);
      before = log.bytes();
    }

    @Actor
    public void one() {
      entry.keepEncoding(0, new byte[1]);
    }

    @Actor
    public void other() {
      entry.keepEncoding(1, new byte[2]);
    }

    @Arbiter
    public void left(IJ_Result r) {
      r.r1 = (entry.encoding(0) == null ? 0 : 1) + (entry.encoding(1) == null ? 0 : 1);
      r.r2 = log.bytes() - before;
    }
  }

  /** However many agents want an entry, it is counted once. */
  @JCStressTest
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "once")
  @Outcome(expect = FORBIDDEN, desc = "counted twice, or never")
  @State
  public static class Wanted {
    private final PartitionLog log = new PartitionLog(Entries.PARTITION, 0, 1 << 20);
    private final LogEntry entry = Entries.at(0);

    public Wanted() {
      log.append(List.of(entry), 1);
    }

    @Actor
    public void one() {
      entry.markWanted();
    }

    @Actor
    public void other() {
      entry.markWanted();
    }

    @Arbiter
    public void counted(J_Result r) {
      r.r1 = log.wanted();
    }
  }
}
