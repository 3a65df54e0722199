package dev.tailrace.client;

import static dev.tailrace.client.FakeEdge.block;
import static dev.tailrace.client.FakeEdge.event;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who wants less, beside who wants all. */
class ConflationTest extends ClientTest {
  private static SubscribeOptions conflated(double rate) {
    return SubscribeOptions.builder().conflate(rate).build();
  }

  private void followConflated() {
    edge.takesSockets("x~c1-2.7~t1");
    connect(options());
    tailrace.subscribe("a", this::see, conflated(1));
    until(() -> tailrace.cursor() != null && tailrace.cursor().contains("c1-2"));
    edge.isSlow();
  }

  private void say(String event) {
    edge.socket().send("{\"event\":" + event + "}");
  }

  /** Confirms the last subscription that was asked for. */
  private void confirm(String cursor) {
    List<Map<String, String>> asked = edge.frames("subscribe");
    edge.socket()
        .send(
            "{\"subscribed\":{\"ref\":%s,\"channel\":\"a\",\"cursor\":\"%s\"}}"
                .formatted(asked.get(asked.size() - 1).get("ref"), cursor));
  }

  @Test
  void shouldAskAnewAsOftenAsTheFastestWants() {
    followConflated();
    tailrace.subscribe("a", this::see, conflated(1));
    tailrace.subscribe("a", this::see, conflated(5));
    tailrace.subscribe("a", this::see, conflated(2));
    tailrace.subscribe("a", this::see);
    tailrace.subscribe("a", this::see);
    until(() -> edge.frames("subscribe").size() == 3);

    assertThat(edge.frames("subscribe"))
        .extracting(one -> one.get("max_rate"))
        .containsExactly("1.0", "5.0", null);
    assertThat(edge.frames("unsubscribe")).hasSize(2);
  }

  @Test
  void shouldGiveNothingTwiceWhenItAsksAnew() {
    followConflated();
    say(event("a", "8", "x~c1-2.8"));
    until(() -> seen.size() == 1);
    tailrace.subscribe("a", event -> {});
    until(() -> edge.frames("subscribe").size() == 2);
    assertThat(edge.frames("subscribe").get(1).get("cursor")).contains("c1-2.8");
    say(event("a", "9", "x~c1-2.9")); // it was on its way
    confirm("x~c1-2.8~t2");
    say(event("a", "9", "x~c1-2.9"));
    say(event("a", "a", "x~c1-2.a"));
    until(() -> seen.contains("a"));

    assertThat(seen).containsExactly("8", "9", "a");
  }

  @Test
  void shouldBeginWhereItIsToldWhenAGapCameMeanwhile() {
    followConflated();
    say(event("a", "9", "x~c1-2.9"));
    until(() -> seen.size() == 1);
    tailrace.subscribe("a", event -> {});
    until(() -> edge.frames("subscribe").size() == 2);
    edge.socket().send("{\"gap\":{\"channels\":[\"a\"],\"reason\":\"truncated\"}}");
    confirm("x~c1-2.7~t2");
    say(event("a", "8", "x~c1-2.8"));
    until(() -> seen.size() == 2);

    assertThat(seen).containsExactly("9", "8");
  }

  @Test
  void shouldOpenAnotherStreamForAnotherRate() {
    edge.on("/v1/events", request -> edge.stream(block("cursor", "{}", START)));
    connect(options().transports(Transport.STREAM));
    tailrace.subscribe("a", this::see, conflated(1));
    until(() -> rates().contains("1.0"));
    tailrace.subscribe("a", this::see);

    until(() -> rates().equals(List.of("1.0", "all")));
  }

  @ParameterizedTest
  @EnumSource(
      value = Transport.class,
      names = {"WEBSOCKET", "STREAM"})
  void shouldTellWhichChannelsBringLessWhileItIsSlow(Transport transport) {
    edge.takesSockets("x~c1-2.7~t1");
    edge.on(
        "/v1/events",
        request ->
            edge.stream(
                block("cursor", "{}", START)
                    + block("conflated", "{\"channels\":[\"a\",\"b\"]}", START)));
    List<String> told = new CopyOnWriteArrayList<>();
    connect(options().transports(transport).onConflated(told::addAll));
    untilLive(transport);
    if (transport == Transport.WEBSOCKET) {
      edge.socket().send("{\"conflated\":{\"channels\":[\"a\",\"b\"]}}");
    }
    until(() -> told.size() == 2);

    assertThat(told).containsExactly("a", "b");
  }

  /** How often streams were to bring the channel, one after the other. */
  private List<String> rates() {
    return edge.requests("/v1/events").stream()
        .map(RecordedRequest::getUrl)
        .filter(url -> url.queryParameter("channel") != null)
        .map(url -> Objects.requireNonNullElse(url.queryParameter("max_rate"), "all"))
        .toList();
  }
}
