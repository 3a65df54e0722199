package dev.tailrace.edge.delivery;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.tailrace.edge.log.Entries;
import dev.tailrace.edge.log.PartitionLog;
import java.util.List;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;

/**
 * An agent that takes over a log while its tail appends and evicts: from where it begins to sweep
 * on, nothing goes before it has swept it.
 */
@JCStressTest
@Outcome(id = "1, 2", expect = ACCEPTABLE, desc = "from before, and both that came")
@Outcome(id = "3, 0", expect = ACCEPTABLE, desc = "from after")
@Outcome(expect = FORBIDDEN, desc = "the log dropped what was unswept")
@State
public class FollowedPartitionStress {
  private final PartitionLog log = new PartitionLog(Entries.PARTITION, 0, 16);
  private final FollowedPartition partition = new FollowedPartition(Entries.PARTITION);

  public FollowedPartitionStress() {
    log.append(List.of(Entries.at(0)), 1);
  }

  @Actor
  public void tail() {
    log.append(List.of(Entries.at(1), Entries.at(2)), 3);
  }

  @Actor
  public void agent(JJ_Result r) {
    partition.open(log);
    r.r1 = partition.sweptEnd();
  }

  @Arbiter
  public void swept(JJ_Result r) {
    long[] seen = {0};
    long next =
        log.read(
            partition.sweptEnd(),
            entry -> {
              seen[0]++;
              return true;
            });
    r.r2 = next == PartitionLog.BELOW_START ? next : seen[0];
  }
}
