package dev.tailrace.edge.console;

import static dev.tailrace.edge.console.Reported.dispatcher;
import static dev.tailrace.edge.console.Reported.edge;
import static dev.tailrace.edge.console.Reported.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.agent.ManualClock;
import dev.tailrace.edge.console.FleetHandler.Role;
import dev.tailrace.edge.http.Routes;
import dev.tailrace.v1.ProcessReport;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.server.LocalConnector;
import org.eclipse.jetty.server.Server;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Details of a process, with a clock that is set by hand. */
class FleetHandlerTest {
  private static final Duration LAST_LIVE = Duration.ofMillis(FleetView.UNREACHABLE_MS - 1);
  private static final Duration ONE = Duration.ofMillis(1);

  private final ManualClock clock = new ManualClock();
  private final AtomicReference<FleetView> followed = new AtomicReference<>();
  private final FleetFollower fleet =
      new FleetFollower(
          view -> {
            followed.set(view);
            return () -> {};
          },
          clock);
  private final Server server = new Server();
  private final LocalConnector connector = new LocalConnector(server);
  private FleetView view;

  @BeforeEach
  void start() throws Exception {
    server.addConnector(connector);
    server.setHandler(
        Routes.builder()
            .route(Role.EDGE.path(), new FleetHandler(Role.EDGE, fleet), "GET")
            .route(Role.DISPATCHER.path(), new FleetHandler(Role.DISPATCHER, fleet), "GET")
            .build());
    server.start();
    fleet.look();
    view = followed.get();
    view.onTurn(true);
  }

  @AfterEach
  void stop() throws Exception {
    server.stop();
    fleet.close();
  }

  @Test
  void shouldTellOfAProcessOfItsRole() throws Exception {
    says(edge("edge-1", 10));
    says(dispatcher("dispatcher-1", 10));

    assertThat(get("/console/api/edge?process=edge-1"))
        .startsWith("HTTP/1.1 200 ")
        .contains("{\"edge\":{\"process\":\"edge-1\"");
    assertThat(get("/console/api/dispatcher?process=dispatcher-1"))
        .startsWith("HTTP/1.1 200 ")
        .contains("{\"dispatcher\":{\"process\":\"dispatcher-1\"");
    assertThat(get("/console/api/edge?process=dispatcher-1"))
        .startsWith("HTTP/1.1 404 ")
        .contains("no_such_process");
    assertThat(get("/console/api/dispatcher?process=edge-1"))
        .startsWith("HTTP/1.1 404 ")
        .contains("no_such_process");
    assertThat(get("/console/api/edge?process="))
        .startsWith("HTTP/1.1 400 ")
        .contains("bad_request");
    assertThat(get("/console/api/edge?process=edge-1&process=edge-1"))
        .startsWith("HTTP/1.1 400 ")
        .contains("bad_request");
  }

  @Test
  void shouldTellNothingFromBeforeKafkaFellSilent() throws Exception {
    says(edge("edge-1", 10));
    clock.advance(LAST_LIVE);
    assertThat(get("/console/api/edge?process=edge-1")).startsWith("HTTP/1.1 200 ");
    clock.advance(ONE);
    assertThat(get("/console/api/edge?process=edge-1"))
        .startsWith("HTTP/1.1 503 ")
        .contains("kafka_unavailable")
        .doesNotContain("\"partitions\"");
    assertThat(get("/console/api/edge?process=edge-2"))
        .as("who is there now is not known")
        .startsWith("HTTP/1.1 503 ")
        .contains("kafka_unavailable");

    says(edge("edge-1", 20));
    assertThat(get("/console/api/edge?process=edge-1")).startsWith("HTTP/1.1 200 ");
  }

  @Test
  void shouldNotSayThatNobodyIsThereWhenNothingWasEverHeard() throws Exception {
    clock.advance(LAST_LIVE.plus(ONE));

    assertThat(get("/console/api/edge?process=edge-1"))
        .startsWith("HTTP/1.1 503 ")
        .contains("kafka_unavailable");
  }

  private void says(ProcessReport.Builder report) {
    view.onRecord(key(report.getProcess()), Reported.value(report), 0);
  }

  private String get(String target) throws Exception {
    return connector.getResponse(
        "GET " + target + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  }
}
