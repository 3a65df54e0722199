package dev.tailrace.benchmarks;

import dev.tailrace.benchmarks.LoadConnection.State;
import dev.tailrace.benchmarks.LoadConnection.StreamFormat;
import dev.tailrace.benchmarks.LoadTarget.Framing;
import dev.tailrace.benchmarks.OpeningRound.Opening;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Many connections on one thread: one selector, one buffer that all are read into, nothing
 * allocated per event. It must be cheap, or it is what gets measured.
 *
 * <p>Threading: a thread of its own owns everything; others ask through {@link #ask}.
 */
final class LoadClient implements AutoCloseable, LoadConnection.Owner {
  private static final int READ_BYTES = 256 << 10;
  private static final long TICK_MS = 5;

  private final LoadTarget target;
  private final LoadPlan plan;
  private final Published published;
  private final Duration openedWithin;
  private final Meter meter;
  private final StreamFormat format;
  private final Selector selector;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(READ_BYTES);
  private final @Nullable LoadConnection[] connections;
  private final Queue<Question<?>> questions = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean running = new AtomicBoolean(true);
  private final Thread thread = new Thread(this::run, "load-client");
  private final Churn churn;
  private final SlowTurns slowTurns = new SlowTurns();
  private volatile @Nullable Throwable failure;
  private @Nullable OpeningRound opening;
  private int inFlight;
  private int ready;
  private int reopened;
  private int endedByServer;
  private String firstFailure = "";

  private LoadClient(
      LoadTarget target, LoadPlan plan, Published published, int run, Duration openedWithin)
      throws IOException {
    this.target = target;
    this.plan = plan;
    this.published = published;
    this.openedWithin = openedWithin;
    meter = new Meter(run);
    format =
        new StreamFormat(
            target.framing(), target.readyMark(), Stamp.fillerBytes(plan.payloadBytes()));
    connections = new LoadConnection[plan.connections()];
    churn = new Churn(plan.churnPerSecond());
    selector = Selector.open();
  }

  /**
   * Starts its thread; nothing is opened yet.
   *
   * @param openedWithin what is not open after that counts as failed
   */
  static LoadClient start(
      LoadTarget target, LoadPlan plan, Published published, int run, Duration openedWithin)
      throws IOException {
    LoadClient client = new LoadClient(target, plan, published, run, openedWithin);
    client.thread.start();
    return client;
  }

  /**
   * Counts since {@link #measure}, and of connections.
   *
   * @param atNs when they were so
   * @param worstNs of a row: the longest latency since the one before; else 0
   */
  record Counts(
      long atNs,
      Tally tally,
      Tally slow,
      long worstNs,
      long outstanding,
      int open,
      int reopened,
      int endedByServer,
      String firstFailure) {}

  /** Opens all connections, a bounded number at once, those that are open anew. */
  CompletableFuture<Opening> open() {
    CompletableFuture<Opening> asked = new CompletableFuture<>();
    CompletableFuture<Boolean> begun =
        ask(
            () -> {
              for (LoadConnection connection : connections) {
                if (connection != null) {
                  close(connection);
                }
              }
              opening =
                  new OpeningRound(asked, plan.connections(), endedByServer, System.nanoTime());
              return true;
            });
    var _ = begun.exceptionally(e -> !asked.completeExceptionally(e));
    return asked;
  }

  /** Counts anew, latencies of what is due between these two moments. */
  CompletableFuture<Boolean> measure(long fromNs, long toNs) {
    return ask(
        () -> {
          meter.begin(fromNs, toNs);
          churn.start(System.nanoTime());
          return true;
        });
  }

  /** No more churn: what is outstanding is waited for. */
  CompletableFuture<Boolean> stopChurn() {
    return ask(
        () -> {
          churn.stop();
          return true;
        });
  }

  CompletableFuture<Counts> counts() {
    return ask(() -> counts(0));
  }

  /** All that a row of a second shows, asked for at once; the next row begins here. */
  CompletableFuture<Counts> row() {
    return ask(() -> counts(meter.takeWorstNs()));
  }

  private Counts counts(long worstNs) {
    return new Counts(
        System.nanoTime(),
        meter.tally().copy(),
        meter.slow().copy(),
        worstNs,
        outstanding(false),
        ready,
        reopened,
        endedByServer,
        firstFailure);
  }

  /** What has been missed for good by connections that ended, and not yet come to the others. */
  CompletableFuture<Long> missing() {
    return ask(() -> outstanding(true));
  }

  /** A copy. */
  CompletableFuture<Histogram> latencies() {
    return ask(() -> meter.latencies().copy());
  }

  /** Processor time of its thread so far. */
  long cpuNs() {
    return ManagementFactory.getThreadMXBean().getThreadCpuTime(thread.threadId());
  }

  private long outstanding(boolean ofEndedToo) {
    long sum = 0;
    for (int i = 0; i < connections.length; i++) {
      LoadConnection connection = connections[i];
      if (connection != null
          && !connection.slow
          && (ofEndedToo || connection.state == State.READY)) {
        sum += connection.outstanding(published.of(plan.addressOf(i)));
      }
    }
    return sum;
  }

  /** Has a question answered on the client's thread; it fails if that has failed. */
  private <T> CompletableFuture<T> ask(Supplier<T> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    questions.add(new Question<>(question, answer));
    selector.wakeup();
    Throwable known = failure;
    if (known != null) {
      answer.completeExceptionally(known);
    }
    return answer;
  }

  private void run() {
    try {
      while (running.get()) {
        answerQuestions();
        long nowNs = System.nanoTime();
        openSome(nowNs);
        churn(nowNs);
        readSlowOnes(nowNs);
        selector.select(this::onSelected, TICK_MS);
      }
    } catch (IOException | RuntimeException e) {
      onFailure(e);
    } finally {
      for (LoadConnection connection : connections) {
        if (connection != null) {
          close(connection);
        }
      }
    }
  }

  private void answerQuestions() {
    for (Question<?> next = questions.poll(); next != null; next = questions.poll()) {
      next.put();
    }
  }

  /** Whoever waits for an answer, or asks later, is told. */
  private void onFailure(Exception e) {
    failure = e;
    for (Question<?> next = questions.poll(); next != null; next = questions.poll()) {
      next.answer().completeExceptionally(e);
    }
    if (opening != null) {
      opening.fail(e);
    }
  }

  private void openSome(long nowNs) {
    OpeningRound round = opening;
    if (round == null) {
      return;
    }
    while (round.hasNext() && inFlight < plan.opening()) {
      int number = round.next();
      open(number, new SequenceCheck(published.of(plan.addressOf(number))));
    }
    if (round.isLate(nowNs, openedWithin)) {
      giveUpOpening(round);
    }
    if (round.isOver(ready, endedByServer, firstFailure)) {
      opening = null;
    }
  }

  private void giveUpOpening(OpeningRound round) {
    String reason = "not open within %d ms".formatted(openedWithin.toMillis());
    while (round.hasNext()) {
      round.next();
      onFailedToOpen(reason);
    }
    for (LoadConnection connection : connections) {
      if (connection != null && connection.state != State.READY) {
        onEnd(connection, reason);
      }
    }
  }

  private void onFailedToOpen(String reason) {
    if (opening != null) {
      opening.onFailed();
    }
    firstFailure = firstFailure.isEmpty() ? reason : firstFailure;
  }

  private void open(int number, SequenceCheck sequence) {
    SocketChannel channel = null;
    try {
      channel = SocketChannel.open();
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      LoadConnection connection =
          new LoadConnection(
              number,
              plan.isSlow(number),
              channel,
              System.nanoTime(),
              sequence,
              format,
              meter,
              this);
      connections[number] = connection;
      inFlight++;
      connection.key = channel.register(selector, SelectionKey.OP_CONNECT, connection);
      InetSocketAddress address = target.address();
      if (address.isUnresolved()) {
        onEnd(connection, "unknown host " + address.getHostString());
      } else if (channel.connect(address)) {
        onConnected(connection);
      }
    } catch (IOException e) {
      if (channel == null) {
        onFailedToOpen(e.toString());
      } else {
        onEnd(Objects.requireNonNull(connections[number]), e.toString());
      }
    }
  }

  private void onConnected(LoadConnection connection) throws IOException {
    connection.state = State.REQUESTED;
    write(connection, ClientBytes.request(target, connection.number));
    interest(connection, SelectionKey.OP_READ);
  }

  private static void interest(LoadConnection connection, int operations) {
    if (connection.key != null && connection.key.isValid()) {
      connection.key.interestOps(operations);
    }
  }

  /** A client says so little that a socket always has room for it. */
  private static void write(LoadConnection connection, ByteBuffer bytes) throws IOException {
    connection.channel.write(bytes);
    if (bytes.hasRemaining()) {
      throw new IOException("the socket has no room for a request");
    }
  }

  private void onSelected(SelectionKey key) {
    LoadConnection connection = (LoadConnection) key.attachment();
    try {
      if (connection.state == State.CONNECTING) {
        if (connection.channel.finishConnect()) {
          onConnected(connection);
        }
      } else {
        buffer.clear();
        read(connection);
      }
    } catch (IOException e) {
      onEnd(connection, e.toString());
    }
    // When all sockets are full a round takes seconds; who asks does not wait for its end.
    answerQuestions();
  }

  private void read(LoadConnection connection) throws IOException {
    int count = connection.channel.read(buffer);
    if (count < 0) {
      onEnd(connection, "the connection was closed");
    } else if (count > 0) {
      meter.readNs = System.nanoTime();
      connection.onBytes(buffer, count);
    }
  }

  private void churn(long nowNs) {
    for (LoadConnection connection = churn.next(nowNs, connections);
        connection != null;
        connection = churn.next(nowNs, connections)) {
      if (target.framing() != Framing.EVENT_STREAM) {
        try {
          write(connection, ClientBytes.frame(ClientBytes.CLOSE, new byte[] {3, (byte) 232}));
        } catch (IOException e) {
          // It is closed anyway.
          firstFailure = firstFailure.isEmpty() ? e.toString() : firstFailure;
        }
      }
      close(connection);
      reopened++;
      open(connection.number, new SequenceCheck(SequenceCheck.ANY));
    }
  }

  private void readSlowOnes(long nowNs) {
    if (plan.slowConnections() == 0) {
      return;
    }
    for (LoadConnection connection : slowTurns.next(nowNs, connections)) {
      try {
        buffer.clear().limit(LoadPlan.SLOW_BYTES_PER_SECOND);
        read(connection);
      } catch (IOException e) {
        onEnd(connection, e.toString());
      }
    }
  }

  @Override
  public void onOpen(LoadConnection connection) {
    connection.state = State.OPEN;
    inFlight--;
    if (opening != null) {
      opening.onOpen(System.nanoTime() - connection.startedNs);
    }
    byte[] first = target.firstMessage(connection.number);
    if (first.length > 0) {
      int opcode =
          target.framing() == Framing.WEBSOCKET_BINARY ? ClientBytes.BINARY : ClientBytes.TEXT;
      send(connection, ClientBytes.frame(opcode, first));
    }
  }

  @Override
  public void onReady(LoadConnection connection) {
    connection.state = State.READY;
    ready++;
    if (connection.slow) {
      interest(connection, 0);
    }
  }

  @Override
  public void onPing(LoadConnection connection, byte[] data) {
    send(connection, ClientBytes.frame(ClientBytes.PONG, data));
  }

  private void send(LoadConnection connection, ByteBuffer bytes) {
    try {
      write(connection, bytes);
    } catch (IOException e) {
      onEnd(connection, e.toString());
    }
  }

  @Override
  public void onEnd(LoadConnection connection, String reason) {
    if (connection.isClosed()) {
      return;
    }
    if (connection.state == State.READY) {
      endedByServer++;
      firstFailure = firstFailure.isEmpty() ? reason : firstFailure;
    } else {
      onFailedToOpen(reason);
    }
    close(connection);
  }

  private void close(LoadConnection connection) {
    switch (connection.state) {
      case CONNECTING, REQUESTED -> inFlight--;
      case READY -> ready--;
      case OPEN, CLOSED -> {}
    }
    connection.state = State.CLOSED;
    try {
      connection.channel.close();
    } catch (IOException e) {
      firstFailure = firstFailure.isEmpty() ? e.toString() : firstFailure;
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
