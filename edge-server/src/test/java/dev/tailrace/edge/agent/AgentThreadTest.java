package dev.tailrace.edge.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AgentThreadTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  private final BlockingQueue<String> ended = new LinkedBlockingQueue<>();
  private final CountDownLatch closed = new CountDownLatch(1);

  static Stream<Exception> exceptions() {
    return Stream.of(
        new IllegalStateException("one bad input"),
        new IOException("checked, from a library that does not declare it"));
  }

  @ParameterizedTest
  @MethodSource("exceptions")
  void shouldGoOnAfterAnException(Exception exception) throws InterruptedException {
    CountDownLatch cycles = new CountDownLatch(3);
    AgentThread thread =
        start(
            () -> {
              cycles.countDown();
              return AgentThreadTest.<RuntimeException>fail(exception);
            });

    assertThat(cycles.await(60, TimeUnit.SECONDS)).isTrue();
    thread.close();

    assertThat(ended).isEmpty();
    assertThat(closed.getCount()).as("it ended as it should").isZero();
  }

  @Test
  void shouldSayThatTheProcessMustEndAfterAnError() throws InterruptedException {
    AgentThread thread =
        start(
            () -> {
              throw new StackOverflowError("for a test");
            });

    assertThat(ended.poll(60, TimeUnit.SECONDS))
        .isEqualTo("agent: java.lang.StackOverflowError: for a test");
    thread.close();
    assertThat(closed.getCount()).as("there is no agent to be closed").isOne();
  }

  @Test
  void shouldSayTheSameAfterAnErrorInTheLastLook() throws InterruptedException {
    int[] cycle = {0};
    AgentThread thread =
        start(
            () -> {
              if (cycle[0]++ == 0) {
                return 0;
              }
              throw new OutOfMemoryError("for a test");
            });

    assertThat(ended.poll(60, TimeUnit.SECONDS))
        .isEqualTo("agent: java.lang.OutOfMemoryError: for a test");
    thread.close();
  }

  @Test
  void shouldEndTheProcessByDefault() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                DyingAgent.class.getName())
            .redirectErrorStream(true)
            .start();
    try {
      assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(1);
    } finally {
      process.destroyForcibly();
    }
  }

  /** A process that would live for ever, but for its agent. */
  static final class DyingAgent {
    private DyingAgent() {}

    /** Runs it. */
    public static void main(String[] args) throws InterruptedException {
      new AgentThread(
              agent(
                  () -> {
                    throw new AssertionError("for a test");
                  },
                  new CountDownLatch(1)),
              LONG,
              LONG)
          .start();
      new CountDownLatch(1).await();
    }
  }

  /** Throws even what the compiler would have declared. */
  @SuppressWarnings("unchecked")
  private static <X extends Exception> int fail(Exception exception) throws X {
    throw (X) exception;
  }

  private interface Cycle {
    int run();
  }

  private AgentThread start(Cycle cycle) {
    return new AgentThread(
            agent(cycle, closed), LONG, LONG, (agent, error) -> ended.add(agent + ": " + error))
        .start();
  }

  private static Agent agent(Cycle cycle, CountDownLatch closed) {
    return new Agent() {
      @Override
      public String name() {
        return "agent";
      }

      @Override
      public int doWork() {
        return cycle.run();
      }

      @Override
      public void onClose() {
        closed.countDown();
      }
    };
  }
}
