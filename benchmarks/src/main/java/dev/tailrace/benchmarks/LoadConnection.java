package dev.tailrace.benchmarks;

import dev.tailrace.benchmarks.LoadTarget.Framing;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * One connection under load: where it is in its stream, and what it should get next.
 *
 * <p>Threading: the load client's thread.
 */
final class LoadConnection implements StreamSink {
  /** In this order; a connection that failed or ended is CLOSED. */
  enum State {
    CONNECTING,
    REQUESTED,
    OPEN,
    READY,
    CLOSED
  }

  /** What its owner wants to know. */
  interface Owner {
    /** The server has accepted the request. */
    void onOpen(LoadConnection connection);

    /** Events may come from now on. */
    void onReady(LoadConnection connection);

    /** The server wants a Pong. */
    void onPing(LoadConnection connection, byte[] data);

    /** It has ended, or never opened; the owner closes the socket. */
    void onEnd(LoadConnection connection, String reason);
  }

  final int number;
  final SocketChannel channel;
  final long startedNs;
  final boolean slow;
  State state = State.CONNECTING;
  @Nullable SelectionKey key;

  private final Owner owner;
  private final Meter meter;
  private final SequenceCheck sequence;
  private final StreamFormat format;
  private @Nullable ResponseHead head = new ResponseHead();
  private @Nullable StreamParser parser;

  /**
   * How this connection's stream is read.
   *
   * @param fillerBytes how many bytes after a stamp hold no other
   */
  record StreamFormat(Framing framing, String readyMark, int fillerBytes) {}

  LoadConnection(
      int number,
      boolean slow,
      SocketChannel channel,
      long startedNs,
      SequenceCheck sequence,
      StreamFormat format,
      Meter meter,
      Owner owner) {
    this.number = number;
    this.slow = slow;
    this.channel = channel;
    this.startedNs = startedNs;
    this.sequence = sequence;
    this.format = format;
    this.meter = meter;
    this.owner = owner;
  }

  boolean isClosed() {
    return state == State.CLOSED;
  }

  /** The next bytes that were read: those of the buffer up to this index. */
  void onBytes(ByteBuffer bytes, int to) {
    int at = 0;
    if (head != null) {
      at = head.take(bytes, 0, to);
      if (head.isComplete()) {
        onHead(head);
      }
    }
    if (parser != null && !isClosed()) {
      parser.parse(bytes, at, to);
    }
  }

  private void onHead(ResponseHead complete) {
    head = null;
    boolean isSocket = format.framing() != Framing.EVENT_STREAM;
    if (complete.status() != (isSocket ? 101 : 200)) {
      owner.onEnd(this, "the answer was " + complete.statusLine());
      return;
    }
    byte[] readyMark = Stamp.ascii(format.readyMark());
    StampScanner stamps = new StampScanner(format.fillerBytes());
    parser =
        isSocket
            ? new WebSocketParser(this, stamps, readyMark)
            : new EventStreamParser(this, stamps, readyMark, complete.isChunked());
    owner.onOpen(this);
    if (readyMark.length == 0 && !isClosed()) {
      owner.onReady(this);
    }
  }

  @Override
  public void onStamp(long stampedSequence, long dueNs) {
    Tally tally = slow ? meter.slow() : meter.tally();
    if (Stamp.run(stampedSequence) != meter.run) {
      tally.foreign++;
    } else if (sequence.accept(Stamp.withoutRun(stampedSequence), tally) && !slow) {
      meter.record(dueNs);
    }
  }

  @Override
  public void onReady() {
    owner.onReady(this);
  }

  @Override
  public void onPing(byte[] data) {
    owner.onPing(this, data);
  }

  @Override
  public void onEnd(String reason) {
    owner.onEnd(this, reason);
  }

  /** How many events of its address, which has had so many, it has not got yet. */
  long outstanding(long published) {
    return sequence.outstanding(published);
  }
}
