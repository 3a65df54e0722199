package dev.tailrace.client;

import static dev.tailrace.client.FakeEdge.asksFor;
import static dev.tailrace.client.FakeEdge.event;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Listeners that throw what Java does not let them: Kotlin's may. */
class ListenersTest extends ClientTest {
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <T extends Throwable> void sneak(Throwable any) throws T {
    throw (T) any;
  }

  private static Throwable fault(String kind) {
    return switch (kind) {
      case "checked" -> new Exception("the application's");
      case "error" -> new AssertionError("the application's");
      default -> new IllegalStateException("the application's");
    };
  }

  /** Those for the channel. */
  private List<RecordedRequest> polls() {
    return edge.requests("/v1/poll").stream().filter(one -> asksFor(one, "a")).toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"checked", "error", "runtime"})
  void shouldGoOnBehindAPageWhoseListenerThrows(String kind) {
    edge.on(
        "/v1/poll",
        request -> {
          if (!asksFor(request, "a") || polls().size() > 1) {
            return edge.held(page("x~c1-2.8"));
          }
          return page("x~c1-2.8", event("a", "1", "x~c1-2.8"));
        });
    connect(options().transports(Transport.POLL));
    tailrace.subscribe(
        "a",
        event -> {
          see(event);
          ListenersTest.<RuntimeException>sneak(fault(kind));
        });
    until(() -> polls().size() == 2);

    assertThat(polls().get(1).getUrl().queryParameter("cursor")).isEqualTo("x~c1-2.8");
    assertThat(seen).containsExactly("1");
    assertThat(errors).extracting(TailraceException::code).containsExactly("listener_failed");
    assertThat(errors.get(0).getCause()).hasMessage("the application's");
  }

  @Test
  void shouldNotStopForAListenerOfErrorsThatThrows() {
    edge.takesSockets("x~c1-2.7");
    AtomicInteger told = new AtomicInteger();
    connect(
        options()
            .onError(
                error -> {
                  told.incrementAndGet();
                  ListenersTest.<RuntimeException>sneak(fault("checked"));
                }));
    tailrace.subscribe("a", event -> ListenersTest.<RuntimeException>sneak(fault("error")));
    until(() -> edge.frames("subscribe").size() == 1);
    edge.socket().send("{\"event\":" + event("a", "1", "x~c1-2.8") + "}");
    edge.socket().send("{\"event\":" + event("a", "2", "x~c1-2.9") + "}");
    until(() -> told.get() == 2);

    until(() -> tailrace.cursor().contains("c1-2.9"));
    assertThat(tailrace.state()).isEqualTo(State.LIVE);
  }

  @Test
  void shouldSayWhenTheMachineFailsAndNotGoOn() {
    edge.takesSockets("x~c1-2.7");
    connect(options());
    tailrace.subscribe("a", event -> ListenersTest.<RuntimeException>sneak(new InternalError("x")));
    until(() -> edge.frames("subscribe").size() == 1);
    edge.socket().send("{\"event\":" + event("a", "1", "x~c1-2.8") + "}");
    untilTold(State.CLOSED);
    until(() -> errors.size() == 3);

    assertThat(errors)
        .extracting(TailraceException::code)
        .containsExactly("listener_failed", "internal", "internal");
  }

  @Test
  void shouldTellAFaultOfItsOwnWhateverItIs() {
    AtomicReference<Object> told = new AtomicReference<>();
    Owner owner = new Owner(told::set);
    owner.execute(() -> ListenersTest.<RuntimeException>sneak(fault("checked")));
    until(() -> told.get() != null);
    owner.stop();

    assertThat(told.get()).isExactlyInstanceOf(Exception.class);
  }
}
