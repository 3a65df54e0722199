package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.infra.local.StopSignal;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class EdgeCommandTest {
  /** As for the lanes to be created, or read back. */
  @Test
  void shouldStopWhileItWaitsForOthersToStart() throws Exception {
    StopSignal signal = StopSignal.manual();
    CompletableFuture<CommandRun> ended = new CompletableFuture<>();
    Thread main =
        Thread.ofPlatform()
            .daemon()
            .start(
                () ->
                    ended.complete(
                        CommandRun.of(
                            signal,
                            "edge",
                            "--kafka-bootstrap-servers=127.0.0.1:1",
                            "--edge-port=0",
                            "--edge-operator-port=0")));
    await()
        .atMost(Duration.ofMinutes(1))
        .until(
            () ->
                ended.isDone()
                    || Arrays.toString(main.getStackTrace()).contains("TopologyDiscovery.await"));

    signal.request();

    assertThat(ended.get(10, TimeUnit.SECONDS).exitCode()).as(() -> ended.join().err()).isZero();
  }
}
