package dev.tailrace.edge.agent;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs an {@link Agent} on a thread of its own. An idle agent parks for at most the given time; who
 * gives it work calls {@link #wake}.
 *
 * <p>A duty cycle that throws an exception is logged and run again: one bad input must not end the
 * thread that everybody else's connections live on. An {@link Error} ends the process.
 *
 * <p>Threading: {@link #wake} and {@link #close} from any thread.
 */
public final class AgentThread implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AgentThread.class);
  private static final long AFTER_FAILURE_NS = Duration.ofMillis(100).toNanos();

  private final Agent agent;
  private final long maxIdleNs;
  private final Duration closeTimeout;
  private final Thread thread;
  private volatile boolean running = true;
  private final Parking parking = new Parking();

  /** Prepares the thread; {@link #start} runs it. */
  public AgentThread(Agent agent, Duration maxIdle, Duration closeTimeout) {
    this(agent, maxIdle, closeTimeout, FatalErrorHandler.HALT);
  }

  AgentThread(Agent agent, Duration maxIdle, Duration closeTimeout, FatalErrorHandler onFatal) {
    this.agent = agent;
    this.maxIdleNs = maxIdle.toNanos();
    this.closeTimeout = closeTimeout;
    this.thread = new Thread(() -> onFatal.guard(agent.name(), this::run), agent.name());
    thread.setDaemon(true);
  }

  /** Starts the thread. */
  public AgentThread start() {
    thread.start();
    return this;
  }

  /** Ends the parking of an idle agent, now or at its next attempt. */
  public void wake() {
    if (parking.wake()) {
      LockSupport.unpark(thread);
    }
  }

  private void run() {
    while (running) {
      cycle();
    }
    agent.onClose();
  }

  private void cycle() {
    try {
      if (agent.doWork() == 0) {
        idle();
      }
    } catch (Exception e) { // checked ones too: not all libraries declare what they throw
      LOG.error("{} failed in a duty cycle and goes on", agent.name(), e);
      LockSupport.parkNanos(AFTER_FAILURE_NS);
    }
  }

  /** Announces the parking before a last look, so that work offered in between is not missed. */
  private void idle() {
    parking.announce();
    try {
      if (running && agent.doWork() == 0 && parking.isQuiet()) {
        LockSupport.parkNanos(maxIdleNs);
      }
    } finally {
      parking.end();
    }
  }

  /** Ends the agent and waits for it, within the time given at construction. */
  @Override
  public void close() {
    running = false;
    wake();
    LockSupport.unpark(thread); // it may rest after a failure
    try {
      if (!thread.join(closeTimeout)) {
        LOG.warn("{} did not end within {}", agent.name(), closeTimeout);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
