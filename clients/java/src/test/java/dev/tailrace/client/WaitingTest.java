package dev.tailrace.client;

import static dev.tailrace.client.FakeEdge.problem;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Who waits, and what shortens that. */
class WaitingTest extends ClientTest {
  private void refuseFor(String seconds) {
    edge.on(
        "/v1/poll",
        request ->
            problem(503, "overloaded", "").newBuilder().setHeader("Retry-After", seconds).build());
  }

  /** All that was asked of the client before is done. */
  private void settle() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    tailrace.client().execute(() -> done.complete(null));
    done.orTimeout(30, TimeUnit.SECONDS).join();
  }

  @Test
  void shouldWaitAsTheServerSaidThoughTheNetworkIsAnotherOne() {
    refuseFor("100");
    connect(options().transports(Transport.POLL));
    untilTold(State.WAITING);
    tailrace.reconnect();
    settle();
    assertThat(tailrace.state()).isEqualTo(State.WAITING);

    takesPolls(START);
    tailrace.wake();
    untilLive(Transport.POLL);
  }

  @Test
  void shouldTryAtOnceOnAnotherNetworkWhereTheServerSaidNothing() {
    edge.on("/v1/poll", request -> problem(503, "overloaded", ""));
    connect(options().transports(Transport.POLL).backoffMs(1_000_000));
    untilTold(State.WAITING);
    takesPolls(START);
    tailrace.reconnect();
    settle();
    assertThat(tailrace.state()).isNotEqualTo(State.WAITING);

    untilLive(Transport.POLL);
  }

  @Test
  void shouldTryAtOnceOnAnotherNetworkWhereTheWaitIsItsOwn() {
    edge.on(
        "/v1/poll",
        request ->
            problem(401, "expired", "").newBuilder().setHeader("Retry-After", "100").build());
    connect(options().transports(Transport.POLL).backoffMs(1_000_000).token(() -> "t"));
    untilTold(State.WAITING); // before it is tried with a new token
    takesPolls(START);
    tailrace.reconnect();
    settle();
    assertThat(tailrace.state()).isNotEqualTo(State.WAITING);

    untilLive(Transport.POLL);
  }

  @Test
  void shouldSleepOnThoughTheNetworkIsAnotherOne() {
    takesPolls(START);
    connect(options().transports(Transport.POLL));
    untilLive(Transport.POLL);
    tailrace.sleep();
    tailrace.reconnect();
    settle();

    assertThat(tailrace.state()).isEqualTo(State.SLEEPING);
  }

  @Test
  void shouldComeBackAfterFiveMinutesAtTheLatest() {
    refuseFor("86400");
    connect(options().transports(Transport.POLL));
    untilTold(State.WAITING);

    assertThat(states.get(states.size() - 1).retryMs()).isBetween(300_000L, 375_000L);
  }
}
