package dev.tailrace.infra.local.network;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * A client's connection, and the one to the edge that it leads to.
 *
 * <p>Threading: one virtual thread reads from each side; {@link #reset} comes from any.
 */
final class Passage {
  static final int SLOW_BYTES_PER_SECOND = 2_000;

  private static final int BUFFER_BYTES = 16 << 10;
  private static final int SLOW_BYTES = SLOW_BYTES_PER_SECOND / 4;
  private static final int MOST_HELD_BYTES = 64 << 10;
  private static final int LOOK_MS = 200;
  private static final int IMPATIENT_MS = 5_000;
  private static final int SHORTEST_MS = 2_000;
  private static final int LONGEST_MS = 8_000;

  private final BadNetwork network;
  private final Socket client;
  private final Socket server;
  private final Requests requests;
  private final long livesMs = ThreadLocalRandom.current().nextLong(SHORTEST_MS, LONGEST_MS);
  private final long openedAt = System.nanoTime();
  private volatile long heardAt = openedAt;

  Passage(BadNetwork network, Socket client, Socket server) {
    this.network = network;
    this.client = client;
    this.server = server;
    this.requests = new Requests(network, client);
  }

  /** Passes what comes, until one of them has left. */
  void start(Runnable onEnd) {
    Thread.startVirtualThread(() -> run(client, server, false, () -> {}));
    Thread.startVirtualThread(() -> run(server, client, true, onEnd));
  }

  private void run(Socket from, Socket to, boolean isAnswers, Runnable onEnd) {
    try (client;
        server) {
      pass(from, to, isAnswers);
    } catch (IOException e) {
      // One of them has left, or both were cut.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      onEnd.run();
    }
  }

  private void pass(Socket from, Socket to, boolean isAnswers)
      throws IOException, InterruptedException {
    from.setSoTimeout(LOOK_MS);
    InputStream in = from.getInputStream();
    byte[] buffer = new byte[BUFFER_BYTES];
    ByteArrayOutputStream held = new ByteArrayOutputStream();
    while (true) {
      int count = read(in, buffer, held.size());
      if (count < 0 || (isAnswers && isCut())) {
        break;
      }
      heardAt = count > 0 ? System.nanoTime() : heardAt;
      if (!isAnswers && count > 0 && !requests.pass(buffer, count)) {
        continue;
      }
      if (isTorn()) {
        to.getOutputStream().write(buffer, 0, count / 2);
        reset();
        return;
      }
      held.write(buffer, 0, count);
      if (!isHeldBack(isAnswers, held.size())) {
        write(held.toByteArray(), to.getOutputStream());
        held.reset();
      }
    }
    while (condition() == Condition.STALLED) {
      if (!isAnswers) {
        return; // the client has left, and what it asked last never arrives
      }
      requireOpen();
      Thread.sleep(LOOK_MS);
    }
    held.writeTo(to.getOutputStream());
  }

  /** What the network does to this connection now. */
  private Condition condition() {
    return requests.isOfClient() ? network.condition() : Condition.GOOD;
  }

  private void requireOpen() throws IOException {
    if (client.isClosed() || server.isClosed()) {
      throw new IOException("the other side has left");
    }
  }

  /** Looks up now and then though nothing comes: what is held back may pass by then. */
  private int read(InputStream in, byte[] buffer, int held)
      throws IOException, InterruptedException {
    if (held >= MOST_HELD_BYTES) {
      requireOpen();
      Thread.sleep(LOOK_MS);
      return 0;
    }
    try {
      return in.read(buffer);
    } catch (SocketTimeoutException e) {
      return 0;
    }
  }

  private void write(byte[] bytes, OutputStream out) throws IOException, InterruptedException {
    int written = 0;
    while (condition() == Condition.SLOW && written < bytes.length) {
      int count = Math.min(SLOW_BYTES, bytes.length - written);
      Thread.sleep(TimeUnit.SECONDS.toMillis(count) / SLOW_BYTES_PER_SECOND);
      out.write(bytes, written, count);
      written += count;
    }
    out.write(bytes, written, bytes.length - written);
  }

  private boolean isHeldBack(boolean isAnswers, int bytes) {
    return switch (condition()) {
      case STALLED -> true;
      case COLLECTING -> isAnswers && requests.isOfStream() && bytes < MOST_HELD_BYTES;
      default -> false;
    };
  }

  private boolean isCut() {
    return condition() == Condition.IMPATIENT && elapsedMs(heardAt) > IMPATIENT_MS;
  }

  /** Each lives as long as chance has it. */
  private boolean isTorn() {
    return condition() == Condition.TORN
        && Math.min(elapsedMs(openedAt), elapsedMs(network.changedAt())) > livesMs;
  }

  private static long elapsedMs(long since) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since);
  }

  /** Cuts it as a network does: the client is told of an error, not of an end. */
  void reset() {
    try (client;
        server) {
      client.setSoLinger(true, 0);
    } catch (IOException e) {
      // It is closed already.
    }
  }
}
