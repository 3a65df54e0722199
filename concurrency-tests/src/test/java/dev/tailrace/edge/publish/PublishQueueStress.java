package dev.tailrace.edge.publish;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZI_Result;

/** An event that comes while the edge stops is refused or answered, and by one of the two. */
@JCStressTest
@Outcome(id = "true, true, 0", expect = ACCEPTABLE, desc = "taken, and answered at the stop")
@Outcome(id = "false, false, 0", expect = ACCEPTABLE, desc = "refused")
@Outcome(expect = FORBIDDEN, desc = "its publisher is never answered, or twice")
@State
public class PublishQueueStress {
  private final PublishQueue<String> queue = new PublishQueue<>();

  @Actor
  public void publisher(ZZI_Result r) {
    r.r1 = queue.add("event");
  }

  @Actor
  public void stop(ZZI_Result r) {
    queue.close();
    r.r2 = queue.poll() != null;
  }

  @Arbiter
  public void left(ZZI_Result r) {
    r.r3 = queue.poll() == null ? 0 : 1;
  }
}
