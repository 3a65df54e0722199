package dev.tailrace.edge;

import dev.tailrace.edge.agent.EdgeClock;
import dev.tailrace.edge.agent.FatalErrorHandler;
import dev.tailrace.edge.config.EdgeConfig;
import dev.tailrace.edge.console.ConsoleGuard;
import dev.tailrace.edge.console.ConsolePageHandler;
import dev.tailrace.edge.console.FleetFollower;
import dev.tailrace.edge.console.FleetHandler;
import dev.tailrace.edge.console.LiveFeed;
import dev.tailrace.edge.health.ReadinessCheck;
import dev.tailrace.edge.http.Routes;
import dev.tailrace.edge.log.PartitionLog;
import dev.tailrace.edge.metrics.EdgeMetrics;
import dev.tailrace.support.fleet.FleetProcess;
import dev.tailrace.support.fleet.FleetReporter;
import dev.tailrace.support.fleet.ProcessName;
import dev.tailrace.support.kafka.KafkaSettings;
import dev.tailrace.support.lifecycle.LifecycleStack;
import java.util.List;
import java.util.function.Supplier;
import org.eclipse.jetty.server.Handler;
import org.jspecify.annotations.Nullable;

/**
 * This edge in the fleet, for people who look: what it says of itself, and what it shows of all.
 *
 * <p>Threading: started and closed by one thread; the rest from any.
 */
final class EdgeConsole implements AutoCloseable {
  private static final String REPORTER = "edge-fleet-report";

  private final EdgeConfig config;
  private final KafkaSettings kafka;
  private final LifecycleStack started = new LifecycleStack();
  private final EdgeReports reports;
  private final FleetFollower fleet;
  private final LiveFeed feed;
  private volatile String name = "";
  private volatile @Nullable FleetReporter reporter;

  /** Shows, and says nothing yet. */
  EdgeConsole(
      EdgeConfig config,
      KafkaSettings kafka,
      List<ReadinessCheck> checks,
      EdgeMetrics metrics,
      MetricsListeners listeners) {
    this.config = config;
    this.kafka = kafka;
    this.reports = new EdgeReports(config, checks, metrics, listeners);
    this.fleet = started.push("fleet follower", FleetFollower.of(kafka, EdgeClock.SYSTEM));
    this.feed =
        started.push(
            "live feed",
            LiveFeed.start(
                fleet,
                config.console(),
                new LiveFeed.Self(() -> name, FleetProcess.version()),
                EdgeClock.SYSTEM));
  }

  /** All of the console: its page, what it shows, and what this desk is asked and told by it. */
  Handler handler(EdgeDesk desk) {
    Routes.Builder routes = Routes.builder();
    ConsolePageHandler.routes().forEach((path, page) -> routes.route(path, page, "GET", "HEAD"));
    routes.route(LiveFeed.PATH, feed.handler(), "GET");
    for (FleetHandler.Role role : FleetHandler.Role.values()) {
      routes.route(role.path(), new FleetHandler(role, fleet), "GET");
    }
    desk.addTo(routes);
    return new ConsoleGuard(config.console(), routes.build());
  }

  /**
   * From now on it says how it is; the lanes are there, and so is the topic.
   *
   * @return what it is called there
   */
  FleetProcess report(int operatorPort) {
    FleetProcess process =
        FleetProcess.starting(
            ProcessName.or(config.name(), operatorPort), EdgeClock.SYSTEM.instant());
    name = process.name();
    reporter =
        started.push(
            "fleet reporter",
            FleetReporter.start(
                kafka,
                REPORTER,
                process,
                reports,
                EdgeClock.SYSTEM,
                FatalErrorHandler.HALT::onUncaught));
    return process;
  }

  /** The logs of the partitions that are followed are these. */
  void show(Supplier<List<PartitionLog>> followed) {
    reports.show(followed);
  }

  /** It wants no new clients. */
  void draining() {
    reports.draining();
    FleetReporter reporting = reporter;
    if (reporting != null) {
      reporting.reportNow();
    }
  }

  @Override
  public void close() {
    started.close();
  }
}
