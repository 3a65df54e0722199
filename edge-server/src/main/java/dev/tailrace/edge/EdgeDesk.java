package dev.tailrace.edge;

import dev.tailrace.edge.agent.EdgeClock;
import dev.tailrace.edge.console.ConsoleApi;
import dev.tailrace.edge.control.ControlListener;
import dev.tailrace.edge.delivery.DeliveryProxy;
import dev.tailrace.edge.desk.AnswerWriter;
import dev.tailrace.edge.desk.InquiryAnswers;
import dev.tailrace.edge.desk.OperatorDesk;
import dev.tailrace.edge.http.Routes;
import dev.tailrace.schemas.SlotMaps;
import dev.tailrace.support.config.Settings;
import dev.tailrace.support.fleet.FleetProcess;
import dev.tailrace.support.kafka.IngressSettings;
import dev.tailrace.support.kafka.KafkaSettings;
import dev.tailrace.support.lifecycle.LifecycleStack;
import dev.tailrace.v1.Drain;
import dev.tailrace.v1.Inquiry;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What operators tell and ask this edge, by the control topic and by its console.
 *
 * <p>Threading: opened and closed by one thread; told by the control topic's follower.
 */
final class EdgeDesk implements ControlListener, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EdgeDesk.class);

  private final Settings settings;
  private final KafkaSettings kafka;
  private final Admin admin;
  private final List<DeliveryProxy> agents;
  private final Runnable onDrain;
  private final ConsoleApi api = new ConsoleApi();
  private final LifecycleStack started = new LifecycleStack();
  private final AtomicBoolean drained = new AtomicBoolean();
  private volatile @Nullable FleetProcess process;
  private volatile @Nullable InquiryAnswers answers;

  /**
   * Nobody is answered yet.
   *
   * @param admin belongs to the caller
   * @param agents that there are, or will be
   * @param onDrain called once, from the follower's thread, when this edge is to drain and stop
   */
  EdgeDesk(
      Settings settings,
      KafkaSettings kafka,
      Admin admin,
      List<DeliveryProxy> agents,
      Runnable onDrain) {
    this.settings = settings;
    this.kafka = kafka;
    this.admin = admin;
    this.agents = agents;
    this.onDrain = onDrain;
  }

  /** Adds what the console asks and does. */
  void addTo(Routes.Builder routes) {
    api.addTo(routes);
  }

  /** From now on it knows when it is told to drain: as soon as it is seen in the fleet. */
  void join(FleetProcess self) {
    process = self;
  }

  /** From now on operators are answered; all agents are there, and it has joined the fleet. */
  void open(Supplier<SlotMaps> slots) {
    FleetProcess self = Objects.requireNonNull(process, "it has not joined the fleet");
    AnswerWriter writer = started.push("answers", new AnswerWriter(kafka));
    OperatorDesk desk =
        started.push(
            "desk",
            new OperatorDesk(
                kafka,
                admin,
                settings.get(IngressSettings.TOPICS),
                settings.get(IngressSettings.GROUP),
                slots,
                EdgeClock.SYSTEM));
    answers = new InquiryAnswers(self.name(), agents, writer::offer, EdgeClock.SYSTEM);
    api.open(desk);
  }

  @Override
  public void onControl(Set<String> disconnected, boolean everybody) {
    agents.forEach(agent -> agent.sweep(disconnected, everybody));
  }

  @Override
  public void onInquiry(Inquiry inquiry) {
    InquiryAnswers answering = answers;
    if (answering != null) {
      answering.onInquiry(inquiry);
    }
  }

  @Override
  public void onDrain(Drain drain) {
    FleetProcess self = process;
    if (self != null
        && drain.getEdge().equals(self.name())
        && drain.getInstance().equals(self.instance())
        && drained.compareAndSet(false, true)) {
      LOG.info("an operator has this edge drain and stop");
      onDrain.run();
    }
  }

  /** For the dump. */
  String describe() {
    FleetProcess self = process;
    return self == null
        ? "not in the fleet yet\n"
        : "process %s%ninstance %s%n".formatted(self.name(), self.instance());
  }

  @Override
  public void close() {
    started.close();
  }
}
