package dev.tailrace.client;

import static dev.tailrace.client.FakeEdge.event;
import static dev.tailrace.client.FakeEdge.json;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.MockResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A client, a server, and what the client was told. */
abstract class ClientTest {
  static final String START = "x~u1-0.1~c1-0.1~c1-2.7~t1";

  final List<StateChange> states = new CopyOnWriteArrayList<>();
  final List<TailraceException> errors = new CopyOnWriteArrayList<>();
  final List<String> seen = new CopyOnWriteArrayList<>();
  FakeEdge edge;
  Tailrace tailrace;

  @BeforeEach
  void start() throws IOException {
    edge = new FakeEdge();
  }

  @AfterEach
  void stop() {
    if (tailrace != null) {
      tailrace.close();
    }
    edge.close();
  }

  /** Patient: who waits for silence says so, or a slow machine would be taken for it. */
  TailraceOptions.Builder options() {
    return TailraceOptions.builder()
        .locate(false)
        .patienceMs(20_000)
        .backoffMs(20)
        .onState(states::add)
        .onError(errors::add);
  }

  void connect(TailraceOptions.Builder options) {
    tailrace = Tailrace.connect(edge.origin(), options.build());
  }

  void see(Event event) {
    seen.add(event.id());
  }

  static void until(Callable<Boolean> condition) {
    await().atMost(Duration.ofSeconds(30)).until(condition);
  }

  /** Also its listener has heard of it then. */
  void untilTold(State state) {
    until(() -> !states.isEmpty() && states.get(states.size() - 1).state() == state);
  }

  void untilLive(Transport transport) {
    until(() -> tailrace.state() == State.LIVE && tailrace.transport() == transport);
  }

  static MockResponse page(String cursor, String... events) {
    return json(
        "{\"cursor\":\"%s\",\"gaps\":[],\"events\":[%s],\"more\":false}"
            .formatted(cursor, String.join(",", events)));
  }

  /** Polls that are answered at once, each with the events of one answer, and then held. */
  void takesPolls(String cursor, String... events) {
    AtomicInteger asked = new AtomicInteger();
    edge.on(
        "/v1/poll",
        request -> asked.getAndIncrement() == 0 ? page(cursor, events) : edge.held(page(cursor)));
  }
}
