package dev.tailrace.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntUnaryOperator;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;

/**
 * Many event streams that come back with their cursors, each to the next edge, after a delay at
 * random. One thread and one selector, as {@link LoadClient}, which does not come back.
 *
 * <p>Threading: a thread of its own owns everything; others ask.
 */
public final class ResumingClients implements AutoCloseable, ResumingConnection.Owner {
  private static final int READ_BYTES = 256 << 10;
  private static final long TICK_MS = 2;
  private static final long LONGEST_MS = 120_000;
  private static final List<InetSocketAddress> SOURCES =
      IntStream.range(2, 18).mapToObj(i -> new InetSocketAddress("127.0.0." + i, 0)).toList();

  private final List<InetSocketAddress> edges;
  private final IntUnaryOperator firstEdge;
  private final long longestDelayNs;
  private final Tally tally = new Tally();
  private final List<ResumingConnection> connections = new ArrayList<>();
  private final PriorityQueue<Due> due = new PriorityQueue<>();
  private final ArrayDeque<ResumingConnection> toOpen = new ArrayDeque<>();
  private final List<Resume> resumes = new ArrayList<>();
  private final Histogram latencies = new Histogram(LONGEST_MS, 3);
  private final Queue<Question<?>> questions = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean running = new AtomicBoolean(true);
  private final RandomGenerator random = RandomGenerator.getDefault();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(READ_BYTES);
  private final Selector selector;
  private final Thread thread = new Thread(this::run, "resuming-clients");
  private int opening = Integer.MAX_VALUE;
  private int inFlight;
  private int ready;
  private int refused;
  private String firstRefusal = "";

  private record Due(long atNs, ResumingConnection connection) implements Comparable<Due> {
    @Override
    public int compareTo(Due other) {
      return Long.compare(atNs, other.atNs);
    }
  }

  /**
   * A client's way back; nanoseconds of {@link System#nanoTime}.
   *
   * @param cutNs when it was cut; 0 for its first connection
   * @param startedNs when the attempt began that succeeded
   * @param readyNs when the edge had told it where it goes on
   * @param caughtUpNs when it had got all that was published
   */
  public record Resume(long cutNs, long startedNs, long readyNs, long caughtUpNs) {}

  /**
   * How it stands.
   *
   * @param ready connections that are open and told so
   * @param outstanding events that were published and have not come, of all connections
   * @param refused attempts that an edge has refused or cut before they were ready
   */
  public record Counts(
      int ready,
      long outstanding,
      long delivered,
      long lost,
      long duplicates,
      long misordered,
      long gaps,
      int refused,
      String firstRefusal) {}

  /**
   * Clients of these edges, who each go to the next one when they are cut.
   *
   * @param firstEdge where a connection begins: edges go round, so any number names one
   * @param longestDelay each comes back after up to so long, at random
   */
  ResumingClients(
      List<InetSocketAddress> edges,
      IntUnaryOperator firstEdge,
      LoadPlan plan,
      Duration longestDelay,
      Published published,
      int run) {
    this.edges = List.copyOf(edges);
    this.firstEdge = firstEdge;
    this.longestDelayNs = Math.max(1, longestDelay.toNanos());
    for (int i = 0; i < plan.connections(); i++) {
      connections.add(
          new ResumingConnection(
              i, plan.addressOf(i), plan.personal(), published, run, tally, this));
    }
    try {
      selector = Selector.open();
    } catch (IOException e) {
      throw new BenchException("the clients cannot start", e);
    }
    thread.start();
  }

  /** Opens all that are not open, so many at once at most; that holds for who comes back too. */
  public void openAll(int atOnce) {
    ask(() -> {
          opening = atOnce;
          connections.stream().filter(one -> one.channel == null).forEach(toOpen::add);
          return true;
        })
        .join();
  }

  /** Cuts all, which then stay away. */
  public void cutAll() {
    ask(() -> {
          due.clear();
          for (ResumingConnection connection : connections) {
            close(connection);
            connection.cutNs = System.nanoTime();
          }
          return true;
        })
        .join();
  }

  /** How it stands. */
  public Counts counts() {
    return ask(() ->
            new Counts(
                ready,
                connections.stream().mapToLong(ResumingConnection::outstanding).sum(),
                tally.delivered,
                Math.max(0, tally.lost),
                tally.duplicates,
                tally.misordered,
                tally.gaps,
                refused,
                firstRefusal))
        .join();
  }

  /** All ways back since this was asked last, and first connections. */
  public List<Resume> takeResumes() {
    return ask(() -> {
          List<Resume> taken = List.copyOf(resumes);
          resumes.clear();
          return taken;
        })
        .join();
  }

  /**
   * Milliseconds from when each event was due to when it was read, of all since this was asked
   * last; without those that came by a way back.
   */
  public Histogram takeLatencies() {
    return ask(() -> {
          Histogram taken = latencies.copy();
          latencies.reset();
          return taken;
        })
        .join();
  }

  private <T> CompletableFuture<T> ask(Supplier<T> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    questions.add(new Question<>(question, answer));
    selector.wakeup();
    return answer;
  }

  private void run() {
    try {
      while (running.get()) {
        for (Question<?> next = questions.poll(); next != null; next = questions.poll()) {
          next.put();
        }
        openSome();
        selector.select(this::onSelected, TICK_MS);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      connections.forEach(this::close);
    }
  }

  private void openSome() {
    long nowNs = System.nanoTime();
    for (Due next = due.peek(); next != null && next.atNs() <= nowNs; next = due.peek()) {
      due.remove();
      toOpen.add(next.connection());
    }
    while (inFlight < opening && !toOpen.isEmpty()) {
      open(toOpen.remove());
    }
  }

  private InetSocketAddress edgeOf(ResumingConnection connection) {
    int first = firstEdge.applyAsInt(connection.number);
    return edges.get((first + connection.attempts) % edges.size());
  }

  private void open(ResumingConnection connection) {
    try {
      SocketChannel channel = SocketChannel.open();
      connection.begin(channel, System.nanoTime());
      inFlight++;
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      if (edgeOf(connection).getAddress().isLoopbackAddress()) {
        // To one address the kernel looks for a free port among those of 15,000 for milliseconds.
        channel.bind(SOURCES.get(connection.number % SOURCES.size()));
      }
      channel.register(selector, SelectionKey.OP_CONNECT, connection);
      if (channel.connect(edgeOf(connection))) {
        onConnected(connection, channel);
      }
    } catch (IOException e) {
      onEnd(connection, e.toString());
    }
  }

  private void onConnected(ResumingConnection connection, SocketChannel channel)
      throws IOException {
    ByteBuffer request = connection.request(edgeOf(connection));
    channel.write(request);
    if (request.hasRemaining()) {
      throw new IOException("the socket has no room for a request");
    }
    Objects.requireNonNull(channel.keyFor(selector)).interestOps(SelectionKey.OP_READ);
  }

  private void onSelected(SelectionKey key) {
    ResumingConnection connection = (ResumingConnection) key.attachment();
    SocketChannel channel = (SocketChannel) key.channel();
    try {
      if (key.isConnectable()) {
        if (channel.finishConnect()) {
          onConnected(connection, channel);
        }
      } else {
        buffer.clear();
        int count = channel.read(buffer);
        if (count < 0) {
          onEnd(connection, "the connection was closed");
        } else {
          connection.onBytes(buffer, count);
        }
      }
    } catch (IOException e) {
      onEnd(connection, e.toString());
    }
  }

  @Override
  public void onReady(ResumingConnection connection) {
    inFlight--;
    ready++;
    connection.readyNs = System.nanoTime();
    connection.behind = true;
  }

  @Override
  public void onCaughtUp(ResumingConnection connection) {
    resumes.add(
        new Resume(connection.cutNs, connection.startedNs, connection.readyNs, System.nanoTime()));
    connection.cutNs = 0;
  }

  @Override
  public void onLive(long dueNs) {
    long ms = Duration.ofNanos(System.nanoTime() - dueNs).toMillis();
    latencies.recordValue(Math.clamp(ms, 0, LONGEST_MS));
  }

  @Override
  public void onEnd(ResumingConnection connection, String reason) {
    if (connection.channel == null) {
      return;
    }
    if (!connection.ready) {
      refused++;
      firstRefusal = firstRefusal.isEmpty() ? reason : firstRefusal;
    } else if (connection.cutNs == 0) {
      connection.cutNs = System.nanoTime();
    }
    close(connection);
    connection.attempts++;
    due.add(new Due(System.nanoTime() + random.nextLong(longestDelayNs), connection));
  }

  private void close(ResumingConnection connection) {
    SocketChannel channel = connection.channel;
    if (channel == null) {
      return;
    }
    if (connection.ready) {
      ready--;
    } else {
      inFlight--;
    }
    connection.channel = null;
    connection.ready = false;
    try {
      channel.close();
    } catch (IOException e) {
      firstRefusal = firstRefusal.isEmpty() ? e.toString() : firstRefusal;
    }
  }

  @Override
  public void close() {
    running.set(false);
    selector.wakeup();
    try {
      thread.join();
      selector.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
