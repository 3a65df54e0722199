package dev.tailrace.client;

import static dev.tailrace.client.FakeEdge.block;
import static dev.tailrace.client.FakeEdge.problem;
import static dev.tailrace.client.FakeEdge.status;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How long better transports are left alone. */
class ProbesTest extends ClientTest {
  /** After how long they are tried again. */
  private long probeMs() {
    CompletableFuture<Long> ms = new CompletableFuture<>();
    Client client = tailrace.client();
    client.execute(() -> ms.complete(client.prober().afterMs()));
    return ms.orTimeout(30, TimeUnit.SECONDS).join();
  }

  @Test
  void shouldWaitForAsLongAsTheServerSays() {
    edge.on("/v1/events", request -> edge.stream(block("cursor", "{}", START)));
    connect(options().probeMs(20));
    untilLive(Transport.STREAM);
    edge.on(
        "/v1/socket",
        request ->
            problem(503, "overloaded", "").newBuilder().setHeader("Retry-After", "100").build());
    until(() -> probeMs() >= 100_000);

    assertThat(probeMs()).isEqualTo(100_000);
    assertThat(tailrace.state()).isEqualTo(State.LIVE);
  }

  @Test
  void shouldKeepItsPaceFromOneShortConnectionToTheNext() {
    edge.on("/v1/socket", request -> status(403, "<html>no</html>"));
    edge.on("/v1/events", request -> edge.stream(block("cursor", "{}", START)));
    connect(options().probeMs(20));
    untilLive(Transport.STREAM);
    until(() -> probeMs() > 100);
    tailrace.reconnect();
    until(() -> edge.requests("/v1/events").size() == 2);
    untilLive(Transport.STREAM);

    assertThat(probeMs()).isGreaterThan(100);
  }

  @Test
  void shouldBeginAnewAfterAConnectionThatLasted() {
    edge.on("/v1/socket", request -> status(403, "<html>no</html>"));
    edge.on("/v1/events", request -> edge.stream(block("cursor", "{}", START)));
    connect(options().probeMs(20).backoffMs(60_000));
    untilLive(Transport.STREAM);
    until(() -> probeMs() > 100);
    Client client = tailrace.client();
    client.execute(() -> client.onEnd(client.link(), End.CUT.lasted(10_001)));
    until(() -> tailrace.state() == State.WAITING);

    assertThat(probeMs()).isEqualTo(20);
  }
}
