package dev.tailrace.dispatcher;

import dev.tailrace.dispatcher.admin.LocateAnswer;
import dev.tailrace.dispatcher.admin.PumpPages;
import dev.tailrace.dispatcher.admin.TopicProvisioner;
import dev.tailrace.dispatcher.config.DispatcherConfig;
import dev.tailrace.dispatcher.http.OperatorServer;
import dev.tailrace.dispatcher.metrics.DispatcherMetrics;
import dev.tailrace.dispatcher.pump.DispatchPump;
import dev.tailrace.dispatcher.pump.PumpState;
import dev.tailrace.dispatcher.pump.PumpStatus;
import dev.tailrace.dispatcher.pump.RouteTraces;
import dev.tailrace.dispatcher.pump.SessionTimeout;
import dev.tailrace.dispatcher.slots.DispatcherSlots;
import dev.tailrace.schemas.SlotMap;
import dev.tailrace.support.config.Settings;
import dev.tailrace.support.fleet.FleetProcess;
import dev.tailrace.support.fleet.FleetReporter;
import dev.tailrace.support.fleet.ProcessName;
import dev.tailrace.support.lifecycle.LifecycleStack;
import dev.tailrace.support.placement.EdgesFollower;
import dev.tailrace.support.tracing.Tracing;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running dispatcher: makes sure of the topics, then runs its pumps and the operator port.
 *
 * <p>Threading: started and closed by any one thread.
 */
public final class Dispatcher implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
  private static final int ADMIN_REQUEST_TIMEOUT_MS = 5_000;

  private final DispatcherConfig config;
  private final SessionTimeout session;
  private final DispatcherSlots slots;
  private final List<DispatchPump> pumps;
  private final Clock clock;
  private final LifecycleStack stack;
  private final EdgesFollower edges;
  private final OperatorServer operator;

  private Dispatcher(
      DispatcherConfig config,
      SessionTimeout session,
      DispatcherSlots slots,
      List<DispatchPump> pumps,
      DispatcherMetrics metrics,
      EdgesFollower edges,
      Clock clock,
      LifecycleStack stack) {
    this.config = config;
    this.session = session;
    this.slots = slots;
    this.pumps = pumps;
    this.edges = edges;
    this.clock = clock;
    this.stack = stack;
    this.operator =
        OperatorServer.start(
            config.operatorHost(),
            config.operatorPort(),
            DispatcherConfig.OPERATOR_PORT.flagName(),
            config.operator(),
            pages(metrics));
  }

  /**
   * Starts one and returns when its pumps run and the operator port answers; events flow when
   * {@link #isReady} says so.
   *
   * @throws RuntimeException when it cannot start; the message is one line that says what to do
   */
  public static Dispatcher start(Settings settings) {
    return start(DispatcherConfig.from(settings), Clock.systemUTC());
  }

  static Dispatcher start(DispatcherConfig config, Clock clock) {
    config.operator().requireSafe(DispatcherConfig.OPERATOR_HOST.key(), config.operatorHost());
    LifecycleStack stack = new LifecycleStack();
    try {
      Admin admin = admin(config);
      stack.push("admin client", () -> admin.close(Duration.ZERO));
      TopicProvisioner topics =
          new TopicProvisioner(
              admin, config.kafka().bootstrapServers(), config.topics(), config.startupTimeout());
      SlotMap slotMap = topics.provision();
      SessionTimeout session = SessionTimeout.within(admin, config.pump().sessionTimeout());
      DispatcherMetrics metrics = stack.push("metrics", new DispatcherMetrics());
      Tracing tracing = stack.push("tracing", tracing(config, metrics, clock));
      RouteTraces traces =
          new RouteTraces(
              tracing,
              config.pump().group(),
              config.tracing().sampleRatio(),
              () -> ThreadLocalRandom.current().nextLong());
      DispatcherSlots slots =
          stack.push("slots", DispatcherSlots.follow(config.kafka(), slotMap, Dispatcher::halt));
      List<DispatchPump> pumps = new ArrayList<>();
      for (int number = 0; number < config.pump().pumps(); number++) {
        pumps.add(
            new DispatchPump(
                number, config, admin, session, slots, clock, metrics, traces, Dispatcher::halt));
      }
      EdgesFollower edges =
          stack.push(
              "edge directory",
              EdgesFollower.start(
                  config.kafka(), "dispatcher-directory", slots::get, clock, Dispatcher::halt));
      Dispatcher dispatcher =
          new Dispatcher(config, session, slots, List.copyOf(pumps), metrics, edges, clock, stack);
      stack.push("operator port", dispatcher.operator);
      dispatcher.addGauges(metrics);
      slots.keep(admin, topics, config.topics().ingressTopics(), dispatcher::statuses, clock);
      stack.push("fleet", dispatcher.report(metrics)); // it ends after the pumps
      pumps.forEach(pump -> stack.push("pump", pump).start());
      return dispatcher;
    } catch (RuntimeException e) {
      stack.close();
      throw e;
    }
  }

  private static Tracing tracing(DispatcherConfig config, DispatcherMetrics metrics, Clock clock) {
    Tracing tracing =
        Tracing.start(
            config.tracing(),
            "tailrace-dispatcher",
            ProcessName.or(config.name(), config.operatorPort()),
            clock);
    metrics.count(
        "tailrace.dispatcher.tracing.spans.exported",
        "Spans that the collector has taken",
        tracing,
        Tracing::exported);
    metrics.count(
        "tailrace.dispatcher.tracing.spans.dropped",
        "Spans that are lost: there was no room for them, or the collector did not take them",
        tracing,
        Tracing::dropped);
    return tracing;
  }

  private FleetReporter report(DispatcherMetrics metrics) {
    FleetProcess process =
        FleetProcess.starting(ProcessName.or(config.name(), operator.port()), clock.instant());
    return FleetReporter.start(
        config.kafka(),
        "dispatcher-fleet",
        process,
        new DispatcherReports(
            this::statuses,
            () -> pumps.stream().map(DispatchPump::hot).toList(),
            metrics,
            () -> slots.get().newest().version(),
            clock),
        clock,
        Dispatcher::halt);
  }

  private void addGauges(DispatcherMetrics metrics) {
    metrics.gauge(
        "tailrace.dispatcher.in.flight.bytes",
        "Bytes sent to the lanes and not acknowledged",
        () -> statuses().stream().mapToLong(PumpStatus::inFlightBytes).sum());
    metrics.gauge(
        "tailrace.dispatcher.lag.records",
        "Ingress records that its pumps have not read yet, as of their last fetches",
        () -> statuses().stream().mapToLong(PumpStatus::lag).sum());
    metrics.gauge(
        "tailrace.dispatcher.ready",
        "1 when every pump delivers what it was given",
        () -> isReady() ? 1 : 0);
    metrics.gauge(
        "tailrace.dispatcher.directory.edges",
        "Edges that have announced themselves and whose lease holds",
        () -> edges.placement().edges());
    metrics.gauge(
        "tailrace.dispatcher.slot.map.version",
        "The newest version of the slot map that it knows",
        () -> slots.get().newest().version());
    metrics.gauge(
        "tailrace.dispatcher.held.seconds",
        "For how long pumps have read nothing since a move of slots has no fence yet",
        () -> PumpPages.heldMs(statuses(), clock.millis()) / 1_000.0);
    metrics.gauge(
        "tailrace.dispatcher.clock.seconds",
        "What the clock of this machine says, since the epoch",
        () -> clock.millis() / 1_000.0);
    for (PumpState state : PumpState.values()) {
      metrics.gaugeOf(
          "tailrace.dispatcher.pumps",
          "Pumps by what they do",
          "state",
          state.name().toLowerCase(Locale.ROOT),
          () -> statuses().stream().filter(status -> status.state() == state).count());
    }
  }

  /**
   * After an error nobody knows what still works: the process ends at once, without the hooks that
   * might wait for it, and another dispatcher takes over.
   */
  private static void halt(Thread thread, Throwable e) {
    try {
      LOG.error("{} has failed; this process ends", thread.getName(), e);
    } finally {
      Runtime.getRuntime().halt(1);
    }
  }

  private static Admin admin(DispatcherConfig config) {
    long timeoutMs = Math.max(ADMIN_REQUEST_TIMEOUT_MS, config.startupTimeout().toMillis());
    return Admin.create(
        config
            .kafka()
            .client(
                "dispatcher-admin",
                Map.of(
                    CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG,
                    ADMIN_REQUEST_TIMEOUT_MS,
                    CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG,
                    Math.toIntExact(timeoutMs))));
  }

  private Map<String, OperatorServer.Question> pages(DispatcherMetrics metrics) {
    return Map.of(
        "/healthz", _ -> OperatorServer.Page.text(true, "ok\n"),
        "/readyz",
            _ ->
                OperatorServer.Page.text(
                    isReady(), PumpPages.readiness(statuses(), clock.millis())),
        "/metrics",
            _ ->
                new OperatorServer.Page(
                    200, "text/plain; version=0.0.4; charset=utf-8", metrics.scrape()),
        "/dump", _ -> OperatorServer.Page.text(true, dump()),
        "/v1/locate", this::locate);
  }

  private OperatorServer.Page locate(Function<String, @Nullable String> parameters) {
    LocateAnswer answer =
        LocateAnswer.of(edges.placement(), parameters.apply("user"), parameters.apply("zone"));
    return new OperatorServer.Page(answer.status(), answer.contentType(), answer.body());
  }

  private String dump() {
    return "dispatcher of group %s at %s, session timeout %d ms\n%s\n%s\nconfiguration\n%s\n"
        .formatted(
            config.pump().group(),
            config.kafka().bootstrapServers(),
            session.lastAllowed().toMillis(),
            slots.describe(),
            PumpPages.dump(statuses(), clock.millis()),
            String.join("\n", config.given()));
  }

  /** Whether every pump delivers what it was given. */
  public boolean isReady() {
    return PumpPages.isReady(statuses(), clock.millis());
  }

  /** What the pumps say of themselves. */
  public List<PumpStatus> statuses() {
    return pumps.stream().map(DispatchPump::status).toList();
  }

  /** Where the operator port listens. */
  public int operatorPort() {
    return operator.port();
  }

  /** Stops in order: commits what the lanes have, and leaves the rest to the next one. */
  @Override
  public void close() {
    stack.close();
  }
}
