package dev.tailrace.edge.console;

import dev.tailrace.edge.desk.OperatorDesk;
import dev.tailrace.edge.desk.RefusedException;
import dev.tailrace.edge.http.Routes;
import dev.tailrace.edge.publish.InFlightBudget;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import org.eclipse.jetty.util.Fields;
import org.jspecify.annotations.Nullable;

/**
 * What is asked and done below {@code /console/api/} by one edge's desk. Until the edge has started
 * there is none, and all is answered 503 {@code starting}.
 *
 * <p>Threading: any thread.
 */
public final class ConsoleApi {
  private static final int MOST_VIEWS = 8;
  private static final int MOST_TRACES = 4;
  private static final int MOST_ACTIONS = 8;
  private static final long MOST_BODY_BYTES = 1 << 20;
  private static final Duration VIEW_LIMIT = Duration.ofSeconds(5);
  private static final Duration ACTION_LIMIT = Duration.ofMillis(4_500);
  private static final Duration TRACE_LIMIT = Duration.ofSeconds(30);
  private static final String NOT_KNOWN = "what was asked for is not known";

  private final DeskCalls views = new DeskCalls(MOST_VIEWS, VIEW_LIMIT, NOT_KNOWN);
  private final DeskCalls traces = new DeskCalls(MOST_TRACES, TRACE_LIMIT, NOT_KNOWN);
  private final DeskCalls actions =
      new DeskCalls(MOST_ACTIONS, ACTION_LIMIT, "it may be done or not");
  private volatile @Nullable OperatorDesk desk;

  /** From now on this desk answers. */
  public void open(OperatorDesk opened) {
    desk = opened;
  }

  /** Adds its paths. */
  public Routes.Builder addTo(Routes.Builder routes) {
    view(routes, "user", views, Questions::user);
    view(routes, "channel", views, Questions::channel);
    view(routes, "slots", views, Questions::slots);
    view(routes, "dead-letters", views, Questions::deadLetters);
    view(routes, "trace", traces, Questions::trace);
    InFlightBudget bodies = new InFlightBudget(Integer.MAX_VALUE, MOST_BODY_BYTES);
    for (Action action : Action.values()) {
      routes.route(
          ConsoleGuard.API + action.path(),
          new ActionHandler(action, actions, this::desk, bodies),
          "POST");
    }
    return routes;
  }

  private void view(
      Routes.Builder routes,
      String path,
      DeskCalls calls,
      Function<Fields, Function<OperatorDesk, Map<String, Object>>> question) {
    routes.route(ConsoleGuard.API + path, new ViewHandler(calls, this::desk, question), "GET");
  }

  private OperatorDesk desk() {
    OperatorDesk opened = desk;
    if (opened == null) {
      throw RefusedException.starting();
    }
    return opened;
  }
}
