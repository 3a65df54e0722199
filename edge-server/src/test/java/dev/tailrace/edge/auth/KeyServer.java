package dev.tailrace.edge.auth;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** An issuer's server with a JWK Set, which can be changed, fail, hang, go away and come back. */
public final class KeyServer implements AutoCloseable {
  private static final String PATH = "/keys";

  private final AtomicInteger requests = new AtomicInteger();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final int port;
  private volatile HttpServer server;
  private volatile Answer answer;
  private volatile @Nullable CountDownLatch held;

  /** One that answers with these keys. */
  public KeyServer(SigningKey... keys) {
    this.answer = new Answer(200, SigningKey.jwkSet(keys));
    this.server = listen(0);
    this.port = server.getAddress().getPort();
  }

  private HttpServer listen(int port) {
    try {
      HttpServer made =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
      made.createContext(PATH, this::answer);
      made.setExecutor(threads);
      made.start();
      return made;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    requests.incrementAndGet();
    Answer now = answer;
    byte[] bytes = now.body().getBytes(StandardCharsets.UTF_8);
    try (exchange) {
      if (now.status() / 100 == 3) {
        exchange.getResponseHeaders().add("Location", url());
      }
      exchange.sendResponseHeaders(now.status(), bytes.length);
      exchange.getResponseBody().write(bytes, 0, bytes.length / 2);
      exchange.getResponseBody().flush();
      CountDownLatch hold = held;
      if (hold != null) {
        hold.await();
      }
      exchange.getResponseBody().write(bytes, bytes.length / 2, bytes.length - bytes.length / 2);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Where it is. */
  public String url() {
    return "http://127.0.0.1:%d%s".formatted(port, PATH);
  }

  /** How often it was asked. */
  public int requests() {
    return requests.get();
  }

  /** It has these keys from now on. */
  public void answerWith(SigningKey... keys) {
    answerWith(200, SigningKey.jwkSet(keys));
  }

  /** It answers so from now on. */
  void answerWith(int status, String body) {
    answer = new Answer(status, body);
  }

  /** It stops in the middle of each answer, until it is let go. */
  void hold() {
    held = new CountDownLatch(1);
  }

  void letGo() {
    CountDownLatch hold = held;
    held = null;
    if (hold != null) {
      hold.countDown();
    }
  }

  /** It goes away. */
  public void stop() {
    server.stop(0);
  }

  /** It comes back, where it was. */
  public void startAgain() {
    server = listen(port);
  }

  @Override
  public void close() {
    letGo();
    server.stop(0);
    threads.shutdownNow();
  }

  private record Answer(int status, String body) {}
}
