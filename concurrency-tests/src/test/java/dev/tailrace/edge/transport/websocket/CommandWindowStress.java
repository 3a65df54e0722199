package dev.tailrace.edge.transport.websocket;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZI_Result;

/** A client is read on by one thread: by the one that reads, or by who made room. */
public final class CommandWindowStress {
  private CommandWindowStress() {}

  /** A full window, and a client that is being read. */
  public abstract static class Full {
    final AtomicInteger told = new AtomicInteger();
    final CommandWindow window = new CommandWindow(told::incrementAndGet);

    Full() {
      for (int i = 0; i < CommandWindow.MAX_OUTSTANDING; i++) {
        window.begin();
      }
    }
  }

  /** A command has been dealt with. */
  @JCStressTest
  @Outcome(id = "true, 0", expect = ACCEPTABLE, desc = "by the reader")
  @Outcome(id = "false, 1", expect = ACCEPTABLE, desc = "by who made room")
  @Outcome(expect = FORBIDDEN, desc = "by nobody for ever, or by two at once")
  @State
  public static class End extends Full {
    @Actor
    public void reader(ZI_Result r) {
      r.r1 = window.mayGoOn();
    }

    @Actor
    public void agent() {
      window.end();
    }

    @Arbiter
    public void after(ZI_Result r) {
      r.r2 = told.get();
    }
  }

  /** The connection closes: all that comes is read. */
  @JCStressTest
  @Outcome(id = "true, 0", expect = ACCEPTABLE, desc = "by the reader")
  @Outcome(id = "false, 1", expect = ACCEPTABLE, desc = "by who closed")
  @Outcome(expect = FORBIDDEN, desc = "by nobody for ever, or by two at once")
  @State
  public static class Open extends Full {
    @Actor
    public void reader(ZI_Result r) {
      r.r1 = window.mayGoOn();
    }

    @Actor
    public void closer() {
      window.open();
    }

    @Arbiter
    public void after(ZI_Result r) {
      r.r2 = told.get();
    }
  }
}
