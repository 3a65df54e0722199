package dev.tailrace.system;

import dev.tailrace.testing.history.Address;
import dev.tailrace.testing.history.History;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * Publishes at one edge and the other in turn, also when one is not there, and has it in a history.
 * Published events have no order; one that is not answered for may come or not.
 *
 * <p>Threading: one test thread; one of its own publishes.
 */
final class LoggedPublisher implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final HttpClient http;
  private final History history;
  private final String name;
  private final UnaryOperator<String> identity;
  private final List<String> edges;
  private final List<Address> addresses;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final Thread thread;

  /** Publishes one event each so often, to these in turn, under ids that begin with its name. */
  LoggedPublisher(
      HttpClient http,
      History history,
      String name,
      UnaryOperator<String> identity,
      List<String> edges,
      List<Address> addresses,
      long everyMs) {
    this.http = http;
    this.history = history;
    this.name = name;
    this.identity = identity;
    this.edges = edges;
    this.addresses = addresses;
    thread = Thread.ofVirtual().name(name).start(() -> publishOn(everyMs));
  }

  private void publishOn(long everyMs) {
    try {
      for (int i = 0; !stopping.await(everyMs, TimeUnit.MILLISECONDS); i++) {
        publish(name + "-" + i, addresses.get(i % addresses.size()), edges.get(i % edges.size()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void publish(String id, Address address, String edge) throws InterruptedException {
    String member =
        switch (address.kind()) {
          case CHANNEL -> "channels";
          case USER -> "users";
        };
    String body =
        "{\"%s\":[\"%s\"],\"id\":\"%s\",\"data\":{\"n\":2}}".formatted(member, address.name(), id);
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(edge + "/v1/publish?" + identity.apply("publisher")))
            .timeout(TIMEOUT)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build();
    history.sending(id, Set.of(address));
    if (isTaken(request)) {
      history.acknowledged(id);
    }
  }

  private boolean isTaken(HttpRequest request) throws InterruptedException {
    try {
      return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /** Publishes no more; returns when the last one is answered for. */
  void stop() throws InterruptedException {
    stopping.countDown();
    thread.join();
  }

  @Override
  public void close() {
    stopping.countDown();
    thread.interrupt();
  }
}
