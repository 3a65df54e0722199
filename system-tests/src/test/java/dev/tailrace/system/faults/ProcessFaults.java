package dev.tailrace.system.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Processes that are killed, stopped in their tracks and restarted. Of the brokers each has its
 * turn, round by round.
 *
 * <p>Threading: constants.
 */
final class ProcessFaults {
  private static final Duration DISPATCHER_AIM = Duration.ofSeconds(3);
  private static final Duration EDGE_AIM = Duration.ofSeconds(5);
  private static final Duration BROKER_AIM = Duration.ofSeconds(10);
  private static final Duration KAFKA_AIM = Duration.ofSeconds(10);

  /** After so long without a heartbeat a client takes its edge for gone: two and a half of them. */
  private static final Duration HEARS_NOTHING = Duration.ofSeconds(5);

  private ProcessFaults() {}

  static Fault dispatcherKilled() {
    return Fault.of(
            "dispatcher killed",
            (cluster, crowd, stage) -> {
              stage.countsFromNow();
              cluster.dispatchers().kill(0);
            })
        .keepingConnections()
        .within(DISPATCHER_AIM);
  }

  static Fault dispatcherStopped(Duration time) {
    return Fault.of(
            "dispatcher stopped for %d s".formatted(time.toSeconds()),
            (cluster, crowd, stage) -> {
              stage.countsFromNow();
              cluster.dispatchers().freeze(1);
              Thread.sleep(time);
              cluster.dispatchers().thaw();
            })
        .keepingConnections();
  }

  /** One after the other, each as soon as the other one has taken over. */
  static Fault dispatchersKilledInTurn() {
    return Fault.of(
            "dispatchers killed in turn, 4 times",
            (cluster, crowd, stage) -> {
              stage.countsFromNow();
              for (int i = 0; i < 4; i++) {
                cluster.dispatchers().kill(i % 2);
                crowd.awaitNewsEverywhere();
                cluster.dispatchers().start();
              }
            })
        .keepingConnections();
  }

  static Fault oneOfEachKilled(int broker) {
    return Fault.of(
        "a broker, a dispatcher and an edge killed at once",
        (cluster, crowd, stage) -> {
          stage.countsFromNow();
          cluster.brokers().servers().kill(broker % BrokerProcesses.COUNT);
          cluster.dispatchers().kill(1);
          cluster.edges().kill(1);
        });
  }

  static Fault edgeKilled() {
    return Fault.of(
            "edge killed",
            (cluster, crowd, stage) -> {
              stage.countsFromNow();
              cluster.edges().kill(0);
            })
        .within(EDGE_AIM);
  }

  static Fault edgeStopped() {
    return Fault.of(
        "edge stopped, clients leave after %d s".formatted(HEARS_NOTHING.toSeconds()),
        (cluster, crowd, stage) -> {
          stage.countsFromNow();
          cluster.edges().freeze(1);
          Thread.sleep(HEARS_NOTHING);
          crowd.leave(cluster.urls().get(1));
          crowd.awaitNewsEverywhere();
          cluster.edges().thaw();
        });
  }

  static Fault edgeStoppedForAMoment() {
    return Fault.of(
            "edge stopped for 3 s, clients stay",
            (cluster, crowd, stage) -> {
              stage.countsFromNow();
              cluster.edges().freeze(0);
              Thread.sleep(Duration.ofSeconds(3));
              cluster.edges().thaw();
            })
        .keepingConnections();
  }

  static Fault edgeDrained() {
    return Fault.of(
        "edge drained",
        (cluster, crowd, stage) -> {
          stage.countsFromNow();
          assertThat(cluster.edges().terminate(1)).contains("drained");
        });
  }

  static Fault brokerKilled(int which) {
    return Fault.of(
            "broker killed",
            (cluster, crowd, stage) -> {
              stage.countsFromNow();
              cluster.brokers().servers().kill(which % BrokerProcesses.COUNT);
            })
        .keepingConnections()
        .within(BROKER_AIM);
  }

  static Fault brokerStopped(int which) {
    return Fault.of(
            "broker stopped for 10 s",
            (cluster, crowd, stage) -> {
              stage.countsFromNow();
              cluster.brokers().servers().freeze(which % BrokerProcesses.COUNT);
              Thread.sleep(Duration.ofSeconds(10));
              cluster.brokers().servers().thaw();
            })
        .keepingConnections();
  }

  static Fault brokersRestarted() {
    return Fault.of(
            "brokers restarted one after the other",
            (cluster, crowd, stage) -> {
              stage.countsFromNow();
              for (int i = 0; i < BrokerProcesses.COUNT; i++) {
                var _ = cluster.brokers().servers().terminate(i);
                cluster.restore();
              }
            })
        .keepingConnections();
  }

  static Fault diskFull(int which) {
    return Fault.of(
            "disk of a broker full",
            (cluster, crowd, stage) -> {
              stage.countsFromNow();
              Path ballast = cluster.brokers().folder(which).resolve("ballast");
              SmallDisk.fill(ballast);
              cluster.brokers().servers().awaitEnd(which);
              crowd.awaitNewsEverywhere();
              Files.delete(ballast);
            })
        .keepingConnections();
  }

  /** All brokers at once; what comes after they go on is what counts. */
  static Fault kafkaStopped(Duration time) {
    return Fault.of(
            "Kafka stopped for %d s".formatted(time.toSeconds()),
            (cluster, crowd, stage) -> {
              cluster.brokers().servers().freezeAll();
              Thread.sleep(time);
              stage.countsFromNow();
              cluster.brokers().servers().thaw();
            })
        .keepingConnections()
        .within(KAFKA_AIM);
  }

  /** All brokers at once; what comes after they serve again is what counts. */
  static Fault kafkaKilled(Duration time) {
    return Fault.of(
            "Kafka killed, back after %d s".formatted(time.toSeconds()),
            (cluster, crowd, stage) -> {
              cluster.brokers().servers().killAll();
              Thread.sleep(time);
              cluster.brokers().servers().start();
              stage.countsFromNow();
            })
        .keepingConnections()
        .within(KAFKA_AIM);
  }

  /** All of them; the number chooses among those who are alike. */
  static List<Fault> all(int round) {
    Duration minute = Duration.ofSeconds(60);
    return List.of(
        dispatcherKilled(),
        dispatcherStopped(Duration.ofSeconds(5)),
        dispatcherStopped(Duration.ofSeconds(25)),
        dispatchersKilledInTurn(),
        edgeKilled(),
        edgeStopped(),
        edgeStoppedForAMoment(),
        edgeDrained(),
        brokerKilled(round),
        brokerStopped(round),
        brokersRestarted(),
        oneOfEachKilled(round),
        kafkaStopped(minute),
        kafkaKilled(minute));
  }
}
