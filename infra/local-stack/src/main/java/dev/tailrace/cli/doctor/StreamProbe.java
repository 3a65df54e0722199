package dev.tailrace.cli.doctor;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One event stream, opened to see how it arrives.
 *
 * <p>Threading: one thread opens and waits; one of its own reads.
 */
final class StreamProbe implements AutoCloseable {
  private final CompletableFuture<HttpResponse<InputStream>> response;
  private final CompletableFuture<Integer> firstByte = new CompletableFuture<>();
  private final CompletableFuture<String> end = new CompletableFuture<>();
  private volatile long longestNanos;
  private volatile long heardNanos = System.nanoTime();
  private @Nullable InputStream body;

  private StreamProbe(CompletableFuture<HttpResponse<InputStream>> response) {
    this.response = response;
  }

  static StreamProbe open(HttpClient http, HttpRequest request) {
    return new StreamProbe(http.sendAsync(request, BodyHandlers.ofInputStream()));
  }

  /**
   * The answer's head.
   *
   * @throws TimeoutException when it does not come in time
   * @throws IOException when nobody answers
   */
  HttpResponse<InputStream> head(Duration longest) throws IOException, TimeoutException {
    HttpResponse<InputStream> head = await(response, longest);
    body = head.body();
    return head;
  }

  /** Waits for the first byte; false when there is none in time. */
  boolean hasBegun(Duration longest) throws IOException {
    InputStream in = body;
    if (in == null) {
      return false;
    }
    Thread.startVirtualThread(() -> read(in));
    try {
      return await(firstByte, longest) >= 0;
    } catch (TimeoutException e) {
      return false;
    }
  }

  /** Reads on; returns how it ended, or empty when it has not. */
  String endWithin(Duration longest) {
    try {
      return end.get(longest.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return "";
    } catch (ExecutionException e) {
      return String.valueOf(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }

  /** Since the last byte. */
  Duration silence() {
    return Duration.ofNanos(System.nanoTime() - heardNanos);
  }

  /** Between two bytes, or since the last. */
  Duration longestSilence() {
    return Duration.ofNanos(Math.max(longestNanos, System.nanoTime() - heardNanos));
  }

  /** The reader's alone. */
  private void heard() {
    long now = System.nanoTime();
    longestNanos = Math.max(longestNanos, now - heardNanos);
    heardNanos = now;
  }

  private void read(InputStream in) {
    try {
      int next = in.read();
      heardNanos = System.nanoTime();
      firstByte.complete(next);
      byte[] buffer = new byte[8_192];
      while (next >= 0) {
        next = in.read(buffer);
        if (next > 0) {
          heard();
        }
      }
      end.complete("it came to its end");
    } catch (IOException e) {
      firstByte.complete(-1);
      end.complete("it was cut: " + e.getMessage());
    }
  }

  private static <T> T await(CompletableFuture<T> future, Duration longest)
      throws IOException, TimeoutException {
    try {
      return future.get(longest.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause() == null ? e : e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  @Override
  public void close() {
    response.cancel(true);
    InputStream in = body;
    if (in != null) {
      try {
        in.close();
      } catch (IOException e) {
        // It is of no more use.
      }
    }
  }
}
