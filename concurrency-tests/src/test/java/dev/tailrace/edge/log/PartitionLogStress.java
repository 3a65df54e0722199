package dev.tailrace.edge.log;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJJ_Result;
import org.openjdk.jcstress.infra.results.JJ_Result;
import org.openjdk.jcstress.infra.results.L_Result;

/** What the tail publishes in a partition log, against those who read it. */
public final class PartitionLogStress {
  /** So little that each entry begins a segment of its own. */
  private static final long ONE_ENTRY = 16;

  private PartitionLogStress() {}

  private static long read(PartitionLog log, long[] seen) {
    return log.read(
        0,
        entry -> {
          seen[0]++;
          return entry.partition() != null;
        });
  }

  /** The end is published after all that lies below it, in one segment. */
  @JCStressTest
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "before")
  @Outcome(id = "2, 2", expect = ACCEPTABLE, desc = "after: end and entries")
  @Outcome(expect = FORBIDDEN, desc = "the end came before the entries")
  @State
  public static class Append {
    private final PartitionLog log = new PartitionLog(Entries.PARTITION, 0, 1 << 20);

    @Actor
    public void tail() {
      log.append(List.of(Entries.at(0), Entries.at(1)), 2);
    }

    @Actor
    public void reader(JJ_Result r) {
      long[] seen = {0};
      r.r1 = read(log, seen);
      r.r2 = seen[0];
    }
  }

  /** An entry is there before it counts: a reader of those before it may look at it already. */
  @JCStressTest
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "before")
  @Outcome(id = "2, 2", expect = ACCEPTABLE, desc = "after")
  @Outcome(expect = FORBIDDEN, desc = "the end came before the entry")
  @State
  public static class AppendMore {
    private final PartitionLog log = new PartitionLog(Entries.PARTITION, 0, 1 << 20);

    public AppendMore() {
      log.append(List.of(Entries.at(0)), 1);
    }

    @Actor
    public void tail() {
      log.append(List.of(Entries.at(1)), 2);
    }

    @Actor
    public void reader(JJ_Result r) {
      long[] seen = {0};
      r.r1 = read(log, seen);
      r.r2 = seen[0];
    }
  }

  /** And so it is of new segments: whoever sees the end sees the window that holds it. */
  @JCStressTest
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "before")
  @Outcome(id = "3, 3", expect = ACCEPTABLE, desc = "after: end and segments")
  @Outcome(expect = FORBIDDEN, desc = "the end came before a segment")
  @State
  public static class Roll {
    private final PartitionLog log = new PartitionLog(Entries.PARTITION, 0, ONE_ENTRY);

    public Roll() {
      log.addSweep(); // holds all
    }

    @Actor
    public void tail() {
      log.append(List.of(Entries.at(0), Entries.at(1), Entries.at(2)), 3);
    }

    @Actor
    public void reader(JJ_Result r) {
      long[] seen = {0};
      r.r1 = read(log, seen);
      r.r2 = seen[0];
    }
  }

  /** A reader has all that was there, or hears that it is too late: never a part. */
  @JCStressTest
  @Outcome(id = "3, 3", expect = ACCEPTABLE, desc = "before it was let go")
  @Outcome(id = "-1, 0", expect = ACCEPTABLE, desc = "told that it is gone")
  @Outcome(expect = FORBIDDEN, desc = "a part of the window")
  @State
  public static class Eviction {
    private final PartitionLog log = new PartitionLog(Entries.PARTITION, 0, ONE_ENTRY);
    private final AtomicLong sweep = log.addSweep();

    public Eviction() {
      log.append(List.of(Entries.at(0), Entries.at(1), Entries.at(2)), 3);
    }

    @Actor
    public void tail() {
      sweep.set(3);
      log.evict();
    }

    @Actor
    public void reader(JJ_Result r) {
      long[] seen = {0};
      r.r1 = read(log, seen);
      r.r2 = seen[0];
    }
  }

  /** Who finds a log closed by a truncation knows from where on and when that was found out. */
  @JCStressTest
  @Outcome(id = "-1, -1, -1", expect = ACCEPTABLE, desc = "open")
  @Outcome(id = "1, 7, 99", expect = ACCEPTABLE, desc = "closed, and why")
  @Outcome(expect = FORBIDDEN, desc = "closed without its reason")
  @State
  public static class Truncation {
    private final PartitionLog log = new PartitionLog(Entries.PARTITION, 0, 1 << 20);

    @Actor
    public void tail() {
      log.closeTruncated(7, 99);
    }

    @Actor
    public void agent(JJJ_Result r) {
      boolean closed = log.isClosed();
      r.r1 = closed ? 1 : -1;
      r.r2 = closed ? log.survivingEnd() : -1;
      r.r3 = closed ? log.truncatedAtMs() : -1;
    }
  }

  /** A repetition is never taken for something new. */
  @JCStressTest
  @Outcome(id = "UNKNOWN", expect = ACCEPTABLE, desc = "the tail has not come there")
  @Outcome(id = "REPETITION", expect = ACCEPTABLE, desc = "it has")
  @Outcome(expect = FORBIDDEN, desc = "a repetition that would be delivered again")
  @State
  public static class Finding {
    private final PartitionLog log = new PartitionLog(Entries.PARTITION, 0, 1 << 20);

    @Actor
    public void tail() {
      log.addRepetition(0);
      log.append(List.of(), 1);
    }

    @Actor
    public void reader(L_Result r) {
      r.r1 = log.finding(0);
    }
  }
}
