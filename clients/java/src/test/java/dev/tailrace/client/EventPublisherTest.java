package dev.tailrace.client;

import static dev.tailrace.client.FakeEdge.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventPublisherTest {
  private final List<String> told = new CopyOnWriteArrayList<>();
  private volatile Flow.Subscription subscription;
  private FakeEdge edge;
  private Tailrace tailrace;

  @BeforeEach
  void start() throws IOException {
    edge = new FakeEdge();
    edge.takesSockets("x~c1-2.0~t1");
    tailrace = Tailrace.connect(edge.origin(), TailraceOptions.builder().locate(false).build());
    EventPublisher.of(tailrace, "a", SubscribeOptions.defaults()).subscribe(new Recorder());
    await().until(() -> edge.frames().stream().anyMatch(one -> one.contains("subscribe")));
  }

  @AfterEach
  void stop() {
    tailrace.close();
    edge.close();
  }

  private class Recorder implements Flow.Subscriber<Event> {
    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscription = given;
    }

    @Override
    public void onNext(Event event) {
      told.add(event.id());
    }

    @Override
    public void onError(Throwable fault) {
      told.add(fault instanceof TailraceException ours ? ours.code() : fault.toString());
    }

    @Override
    public void onComplete() {
      told.add("complete");
    }
  }

  private void send(int from, int to) {
    for (int i = from; i < to; i++) {
      edge.socket()
          .send("{\"event\":" + event("a", "e" + i, "x~c1-2." + Integer.toString(i + 1, 36)) + "}");
    }
  }

  @Test
  void shouldGiveAsManyAsAreAskedFor() {
    send(0, 5);
    subscription.request(2);
    await().until(() -> told.size() == 2);
    subscription.request(Long.MAX_VALUE);
    subscription.request(Long.MAX_VALUE);
    await().until(() -> told.size() == 5);
    tailrace.close();
    await().until(() -> told.size() == 6);

    assertThat(told).containsExactly("e0", "e1", "e2", "e3", "e4", "complete");
  }

  @Test
  void shouldEndWhoAsksForTooFew() {
    send(0, 10_001);
    await().until(() -> !told.isEmpty());

    assertThat(told).containsExactly("too_slow");
    await().until(() -> edge.frames().stream().anyMatch(one -> one.contains("unsubscribe")));
  }

  @Test
  void shouldRefuseARequestForNone() {
    subscription.request(0);
    await().until(() -> !told.isEmpty());

    assertThat(told.get(0)).contains("IllegalArgumentException");
  }

  @Test
  void shouldFollowNoMoreOnceItIsCancelled() {
    subscription.request(1);
    send(0, 1);
    await().until(() -> told.size() == 1);
    subscription.cancel();
    await().until(() -> edge.frames().stream().anyMatch(one -> one.contains("unsubscribe")));

    assertThat(told).containsExactly("e0");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldRefuseWhoComesToAClosedClient(boolean isLong) {
    tailrace.close();
    await().until(() -> told.contains("complete") && tailrace.state() == State.CLOSED);
    if (isLong) {
      tailrace.client().owner().stop(); // as it does a while later
    }
    subscription = null;
    EventPublisher.personal(tailrace, SubscribeOptions.defaults()).subscribe(new Recorder());
    await().until(() -> told.size() == 2);

    assertThat(told).containsExactly("complete", "closed");
    assertThat(subscription).isNotNull();
    subscription.request(1);
    subscription.cancel();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldTellWhoComesToAClosedClientOnceWhateverHeAsks(boolean cancels) {
    tailrace.close();
    await().until(() -> told.contains("complete") && tailrace.state() == State.CLOSED);
    EventPublisher.personal(tailrace, SubscribeOptions.defaults())
        .subscribe(
            new Recorder() {
              @Override
              public void onSubscribe(Flow.Subscription given) {
                given.request(0);
                if (cancels) {
                  given.cancel();
                }
                settle(); // the client's thread is there yet
                told.add("subscribed");
              }
            });
    settle();

    assertThat(told)
        .containsExactlyElementsOf(
            cancels
                ? List.of("complete", "subscribed")
                : List.of("complete", "subscribed", "closed"));
  }

  /** All that was asked of the client before is done. */
  private void settle() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    tailrace.client().execute(() -> done.complete(null));
    done.orTimeout(30, TimeUnit.SECONDS).join();
  }

  @Test
  void shouldTellWhoseChannelIsNoName() {
    EventPublisher.of(tailrace, "no spaces", SubscribeOptions.defaults()).subscribe(new Recorder());
    await().until(() -> !told.isEmpty());

    assertThat(told).containsExactly("bad_channel");
  }
}
