package dev.tailrace.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.benchmarks.Bench;
import dev.tailrace.benchmarks.BenchException;
import dev.tailrace.benchmarks.BenchOutput;
import dev.tailrace.benchmarks.KafkaLoadPublisher;
import dev.tailrace.benchmarks.LoadPlan;
import dev.tailrace.benchmarks.LoadPublisher;
import dev.tailrace.benchmarks.ProcessProbe;
import dev.tailrace.benchmarks.TailraceTarget;
import dev.tailrace.benchmarks.TailraceTarget.Transport;
import dev.tailrace.schemas.Topics;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What {@code tailrace bench} does, for two seconds each. */
class BenchIT {
  private static Platform platform;

  @BeforeAll
  static void start() throws Exception {
    platform = Platform.start();
  }

  @AfterAll
  static void stop() {
    if (platform != null) {
      platform.close();
    }
  }

  private static Bench bench(LoadPlan plan, Transport transport) {
    return new Bench(
        new TailraceTarget(
            URI.create(platform.baseUrl()),
            transport,
            plan,
            connection -> plan.personal() ? "user=" + TailraceTarget.addressName(connection) : ""),
        plan,
        List.of(new ProcessProbe("edge", ProcessHandle.current().pid())),
        line -> {},
        BenchIT::pause);
  }

  private static boolean pause(Duration time) {
    LockSupport.parkNanos(time.toNanos());
    return false;
  }

  private static String json(Path folder, LoadPlan plan, Bench.Findings findings) throws Exception {
    BenchOutput.write(
        folder,
        BenchOutput.result(
            Instant.EPOCH, Map.of("transport", "x", "connections", plan.connections()), findings));
    assertThat(Files.readString(folder.resolve("bench.html"))).contains("<svg", "Latency");
    return Files.readString(folder.resolve("bench.json"));
  }

  private static KafkaLoadPublisher publisher(LoadPlan plan) {
    return KafkaLoadPublisher.connect(
        Map.of("bootstrap.servers", platform.bootstrapServers()), Topics.EVENTS, plan);
  }

  @ParameterizedTest
  @EnumSource
  void shouldMissNothingOnAnyTransport(Transport transport, @TempDir Path folder) throws Exception {
    LoadPlan plan = new LoadPlan(20, 2, false, 50, 256, 2, 0, 0, 0, 5);

    String json;
    try (KafkaLoadPublisher publisher = publisher(plan)) {
      json = json(folder, plan, bench(plan, transport).load(publisher));
    }

    // Each event for the ten connections of its channel.
    assertThat(json)
        .contains("\"delivered\" : 1000,", "\"lost\" : 0,", "\"arrived_share\" : 1.0,")
        .contains("\"duplicates\" : 0,", "\"misordered\" : 0,", "\"failed_publishes\" : 0,")
        .contains("\"count\" : 1000,", "\"opened\" : 20,", "\"started_at\" : \"1970");
  }

  @Test
  void shouldMissNothingOfPersonalEvents(@TempDir Path folder) throws Exception {
    LoadPlan plan = new LoadPlan(20, 20, true, 100, 256, 2, 0, 0.1, 0, 5);

    String json;
    try (KafkaLoadPublisher publisher = publisher(plan)) {
      json = json(folder, plan, bench(plan, Transport.WEBSOCKET).load(publisher));
    }

    // 18 of 20 connections are measured, and 10 events are for each.
    assertThat(json).contains("\"delivered\" : 180,", "\"lost\" : 0,");
  }

  @Test
  void shouldSayThatPublishingFailed() {
    LoadPlan plan = new LoadPlan(1, 1, false, 50, 256, 1, 0, 0, 0, 1);
    LoadPublisher broken =
        new LoadPublisher() {
          @Override
          public void publish(int address, long sequence, long dueNs) {
            throw new IllegalStateException("the disk is full");
          }

          @Override
          public long failures() {
            return 0;
          }

          @Override
          public void close() {}
        };

    assertThatThrownBy(() -> bench(plan, Transport.SSE).load(broken))
        .isInstanceOf(BenchException.class)
        .hasMessage("publishing failed: the disk is full");
  }
}
