package dev.tailrace.edge.tail;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.tailrace.edge.agent.Parking;
import dev.tailrace.edge.log.Entries;
import dev.tailrace.edge.log.PartitionLog;
import java.util.List;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IZ_Result;

/** The tail's answer: a log with all that the question asked for, and nobody sleeps over it. */
@JCStressTest
@Outcome(id = "1, .*", expect = ACCEPTABLE, desc = "the answer, and what lies in it")
@Outcome(id = "0, true", expect = ACCEPTABLE, desc = "not yet; woken")
@Outcome(expect = FORBIDDEN, desc = "a log without its entries, or an answer that nobody looks at")
@State
public class FollowRequestStress {
  private final Parking agentParks = new Parking();
  private boolean woken;
  private final FollowRequest request =
      new FollowRequest(Entries.PARTITION, () -> woken = agentParks.wake());

  @Actor
  public void tail(IZ_Result r) {
    PartitionLog log = new PartitionLog(Entries.PARTITION, 0, 1 << 20);
    log.append(List.of(Entries.at(0)), 1);
    request.answer(log);
    r.r2 = woken;
  }

  @Actor
  public void agent(IZ_Result r) {
    agentParks.announce();
    PartitionLog log = request.log();
    int[] seen = {0};
    if (log != null) {
      log.read(
          0,
          entry -> {
            seen[0]++;
            return true;
          });
      r.r1 = seen[0] == 1 ? 1 : -1;
    }
  }
}
