package dev.tailrace.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import mockwebserver3.MockResponse;
import org.junit.jupiter.api.Test;

/** For how long polls are held. */
class PollsTest extends ClientTest {
  private final CountDownLatch answers = new CountDownLatch(1);

  private MockResponse answer(String wait) {
    try {
      answers.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return wait.equals("25") ? edge.held(page(START)) : page(START);
  }

  private List<Integer> waits() {
    return edge.requests("/v1/poll").stream()
        .map(one -> Integer.valueOf(one.getUrl().queryParameter("wait")))
        .toList();
  }

  @Test
  void shouldBeHeldForLongerAgainWhenNothingCutsThem() {
    edge.on("/v1/poll", request -> answer(request.getUrl().queryParameter("wait")));
    connect(options().transports(Transport.POLL).patienceMs(30_000));
    Client client = tailrace.client();
    client.execute(
        () -> {
          client.pollsWereHeldFor(8_000);
          answers.countDown();
        });
    until(() -> waits().contains(25));

    assertThat(waits()).startsWith(0, 4, 5, 6).hasSize(23);
    assertThat(waits().subList(1, 23)).isEqualTo(IntStream.rangeClosed(4, 25).boxed().toList());
  }
}
