package dev.tailrace.client;

import static dev.tailrace.client.FakeEdge.event;
import static dev.tailrace.client.FakeEdge.json;
import static dev.tailrace.client.FakeEdge.problem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests whose token is refused while the connection goes on. */
class RenewalTest extends ClientTest {
  private static final Publication EVENT = Publication.builder().channel("a").json("1").build();

  private final AtomicInteger tokens = new AtomicInteger();

  @BeforeEach
  void takeSockets() {
    edge.takesSockets("x~c1-2.7~t1");
  }

  private TailraceOptions.Builder withTokens() {
    return options().token(() -> "t" + tokens.incrementAndGet());
  }

  /** Refuses all tokens but one. */
  private static Function<RecordedRequest, MockResponse> onlyFor(String token, String answer) {
    return request ->
        ("Bearer " + token).equals(request.getHeaders().get("Authorization"))
            ? json(answer)
            : problem(401, "expired", "");
  }

  private static <T> T join(CompletableFuture<T> answer) {
    return answer.orTimeout(30, TimeUnit.SECONDS).join();
  }

  private static void assertRefused(CompletableFuture<?> answer, String code) {
    assertThatThrownBy(() -> join(answer))
        .cause()
        .isInstanceOfSatisfying(TailraceException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void shouldPublishWithAnotherTokenWhenOneIsRefused() {
    edge.on("/v1/publish", onlyFor("t2", "{\"id\":\"e1\"}"));
    connect(withTokens());

    assertThat(join(tailrace.publish(EVENT))).isEqualTo("e1");
    assertThat(tokens).hasValue(2);
  }

  @Test
  void shouldReadHistoryWithAnotherTokenWhenOneIsRefused() {
    edge.on("/v1/history", onlyFor("t2", "{\"cursor\":\"x~c1-2.7\",\"events\":[],\"gaps\":[]}"));
    connect(withTokens());

    assertThat(join(tailrace.history("a", HistoryOptions.defaults())).events()).isEmpty();
  }

  @Test
  void shouldGiveUpWhenTheOtherTokenIsRefusedToo() {
    edge.on("/v1/publish", request -> problem(401, "expired", ""));
    edge.on("/v1/history", request -> problem(401, "expired", ""));
    connect(withTokens());

    assertRefused(tailrace.publish(EVENT), "expired");
    assertRefused(tailrace.history("a", HistoryOptions.defaults()), "expired");
    assertThat(edge.requests("/v1/publish")).hasSize(2);
    assertThat(edge.requests("/v1/history")).hasSize(2);
    assertThat(tokens).hasValue(3);
  }

  @Test
  void shouldNotAskForATokenThatIsNotRefused() {
    edge.on("/v1/publish", request -> problem(401, "unknown_key", ""));
    connect(withTokens());

    assertRefused(tailrace.publish(EVENT), "unknown_key");
    assertThat(tokens).hasValue(1);
  }

  @Test
  void shouldAskOnceForAllThatWereRefusedTheSameToken() {
    edge.on("/v1/publish", onlyFor("t2", "{\"id\":\"e1\"}"));
    connect(withTokens());
    List<CompletableFuture<String>> all =
        List.of(tailrace.publish(EVENT), tailrace.publish(EVENT), tailrace.publish(EVENT));

    assertThat(all).allMatch(one -> join(one).equals("e1"));
    assertThat(tokens).hasValue(2);
  }

  @Test
  void shouldNotRepeatWithTheSameToken() {
    edge.on("/v1/publish", request -> problem(401, "expired", ""));
    connect(options().token("jwt"));

    assertRefused(tailrace.publish(EVENT), "expired");
    assertThat(edge.requests("/v1/publish")).hasSize(1);
  }

  @Test
  void shouldReadThePastWithAnotherTokenWhenOneIsRefused() {
    edge.on(
        "/v1/history",
        onlyFor(
            "t2",
            "{\"cursor\":\"x~c1-2.8\",\"events\":["
                + event("a", "8", "x~c1-2.8")
                + "],\"gaps\":[]}"));
    connect(withTokens());
    tailrace.subscribe("a", this::see, SubscribeOptions.builder().last(1).build());
    until(() -> seen.size() == 1);

    assertThat(tokens).hasValue(2);
  }

  @Test
  void shouldEndASubscriptionWhosePastNoTokenBrings() {
    edge.on("/v1/history", request -> problem(401, "expired", ""));
    List<TailraceException> told = new CopyOnWriteArrayList<>();
    connect(withTokens());
    Subscription a =
        tailrace.subscribe(
            "a", this::see, SubscribeOptions.builder().last(1).onError(told::add).build());
    until(a::isEnded);

    assertThat(a.error().code()).isEqualTo("expired");
    assertThat(edge.requests("/v1/history")).hasSize(2);
    until(() -> told.size() == 1);
    assertThat(tailrace.state()).isEqualTo(State.LIVE);
  }
}
