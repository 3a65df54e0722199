package dev.tailrace.edge.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class AgentThreadWakeTest {
  private static final Duration LONG = Duration.ofHours(1);

  /** Work that comes during the last look, in which a lock then uses the permit up. */
  private static final class Looking implements Agent {
    private final CountDownLatch found = new CountDownLatch(1);
    private AgentThread thread;
    private int cycles;

    @Override
    public String name() {
      return "looking";
    }

    @Override
    public int doWork() {
      cycles++;
      if (cycles == 2) {
        thread.wake();
        LockSupport.park(this); // returns at once, as in a lock that another holds for a moment
      } else if (cycles == 3) {
        found.countDown();
      }
      return 0;
    }

    @Override
    public void onClose() {}
  }

  @Test
  void shouldNotParkOverWorkThatCameInItsLastLook() throws InterruptedException {
    Looking agent = new Looking();
    try (AgentThread thread = new AgentThread(agent, LONG, LONG)) {
      agent.thread = thread;
      thread.start();

      assertThat(agent.found.await(60, TimeUnit.SECONDS)).isTrue();
    }
  }
}
