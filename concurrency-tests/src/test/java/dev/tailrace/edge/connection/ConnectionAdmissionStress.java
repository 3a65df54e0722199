package dev.tailrace.edge.connection;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.tailrace.edge.tail.StoppedClock;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.ZZI_Result;

/** Places of connections, taken and left by several at once. */
public final class ConnectionAdmissionStress {
  private static final ConnectionLimits LIMITS = new ConnectionLimits(0, 1, 0);

  private ConnectionAdmissionStress() {}

  private static ConnectionAdmission places(int max) {
    return new ConnectionAdmission(
        max, LIMITS, any -> true, new StoppedClock(), (kind, limit) -> {});
  }

  private static ConnectionAdmission.Lease admit(ConnectionAdmission to, String user) {
    try {
      return to.admit(Transport.Kind.WEBSOCKET, null, user);
    } catch (NotAdmittedException e) {
      return null;
    }
  }

  /** The last place is given once. */
  @JCStressTest
  @Outcome(id = "true, false, 1", expect = ACCEPTABLE, desc = "to the one")
  @Outcome(id = "false, true, 1", expect = ACCEPTABLE, desc = "to the other")
  @Outcome(expect = FORBIDDEN, desc = "to both, or to nobody")
  @State
  public static class LastPlace {
    private final ConnectionAdmission admission = places(1);

    @Actor
    public void one(ZZI_Result r) {
      r.r1 = admit(admission, null) != null;
    }

    @Actor
    public void other(ZZI_Result r) {
      r.r2 = admit(admission, null) != null;
    }

    @Arbiter
    public void held(ZZI_Result r) {
      r.r3 = admission.held();
    }
  }

  /** A socket ends while it turns out whose it is: nothing is kept of either. */
  @JCStressTest
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "all is given back")
  @Outcome(expect = FORBIDDEN, desc = "a place that nobody will give back")
  @State
  public static class AssignAgainstClose {
    private final ConnectionAdmission admission = places(2);
    private final ConnectionAdmission.Lease lease = admit(admission, null);

    @Actor
    public void agent() {
      try {
        lease.assign("u");
      } catch (NotAdmittedException e) {
        throw new IllegalStateException(e);
      }
    }

    @Actor
    public void socket() {
      lease.close();
    }

    @Arbiter
    public void left(II_Result r) {
      r.r1 = admission.held();
      r.r2 = admission.counted();
    }
  }

  /** However many say that it is over, one place comes back. */
  @JCStressTest
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "one place")
  @Outcome(expect = FORBIDDEN, desc = "two places, or none")
  @State
  public static class ClosedTwice {
    private final ConnectionAdmission admission = places(2);
    private final ConnectionAdmission.Lease lease = admit(admission, "u");

    public ClosedTwice() {
      admit(admission, "v");
    }

    @Actor
    public void one() {
      lease.close();
    }

    @Actor
    public void other() {
      lease.close();
    }

    @Arbiter
    public void left(II_Result r) {
      r.r1 = admission.held();
      r.r2 = admission.counted();
    }
  }

  /** Once it is closed, whoever looks what is left sees all that were admitted. */
  @JCStressTest
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "not admitted")
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "admitted, and waited for")
  @Outcome(expect = FORBIDDEN, desc = "admitted after the edge has looked")
  @State
  public static class AdmitAgainstClose {
    private final ConnectionAdmission admission = places(2);

    @Actor
    public void client(II_Result r) {
      r.r1 = admit(admission, null) == null ? 0 : 1;
    }

    @Actor
    public void edge(II_Result r) {
      admission.close();
      r.r2 = admission.held();
    }
  }
}
