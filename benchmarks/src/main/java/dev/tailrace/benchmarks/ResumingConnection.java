package dev.tailrace.benchmarks;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One client that comes back with its cursor, and what it should get, over all its connections.
 *
 * <p>Threading: the client's thread.
 */
final class ResumingConnection implements StreamSink, BlockParser.Blocks {
  private static final String READY = "tailrace.cursor";
  private static final String GAP = "tailrace.gap";

  /** What its owner wants to know. */
  interface Owner {
    /** It has come back, or is there for the first time. */
    void onReady(ResumingConnection connection);

    /** It has had all that was published. */
    void onCaughtUp(ResumingConnection connection);

    /** An event has come to it as it happened. */
    void onLive(long dueNs);

    /** It was cut, or refused. */
    void onEnd(ResumingConnection connection, String reason);
  }

  final int number;
  final int address;
  int attempts;
  long cutNs;
  long startedNs;
  long readyNs;
  boolean ready;
  boolean behind;
  @Nullable SocketChannel channel;

  private final String follows;
  private final Owner owner;
  private final Published published;
  private final SequenceCheck sequence;
  private final Tally tally;
  private final int run;
  private @Nullable String cursor;
  private @Nullable ResponseHead head;
  private @Nullable BlockParser parser;

  /**
   * What the checks count is common to all.
   *
   * @param personal whether the address is a user, and not a channel
   */
  ResumingConnection(
      int number,
      int address,
      boolean personal,
      Published published,
      int run,
      Tally tally,
      Owner owner) {
    this.number = number;
    this.address = address;
    this.published = published;
    this.sequence = new SequenceCheck(published.of(address));
    this.run = run;
    this.tally = tally;
    this.follows = (personal ? "user=" : "channel=") + TailraceTarget.addressName(address);
    this.owner = owner;
  }

  /** Begins anew, on this socket. */
  void begin(SocketChannel opened, long nowNs) {
    channel = opened;
    head = new ResponseHead();
    parser = null;
    startedNs = nowNs;
    ready = false;
  }

  /** What it asks for, of whatever edge. */
  ByteBuffer request(InetSocketAddress edge) {
    String resume = cursor == null ? "" : "Last-Event-ID: " + cursor + "\r\n";
    return ByteBuffer.wrap(
        "GET /v1/events?%s HTTP/1.1\r\nHost: %s:%d\r\nAccept: text/event-stream\r\n%s\r\n"
            .formatted(follows, edge.getHostString(), edge.getPort(), resume)
            .getBytes(StandardCharsets.ISO_8859_1));
  }

  /** The next bytes that were read: those of the buffer up to this index. */
  void onBytes(ByteBuffer bytes, int to) {
    int at = 0;
    if (head != null) {
      at = head.take(bytes, 0, to);
      if (head.isComplete()) {
        ResponseHead complete = head;
        head = null;
        if (complete.status() != 200) {
          owner.onEnd(this, "the answer was " + complete.statusLine());
          return;
        }
        parser = new BlockParser(this, this, complete.isChunked());
      }
    }
    if (parser != null) {
      parser.parse(bytes, at, to);
      lookForTheEnd();
    }
  }

  private void lookForTheEnd() {
    if (ready && behind && outstanding() == 0) {
      behind = false;
      owner.onCaughtUp(this);
    }
  }

  @Override
  public void onBlock(String type, long stamped, long dueNs, @Nullable String newest) {
    cursor = newest == null ? cursor : newest;
    if (stamped >= 0 && Stamp.run(stamped) == run) {
      sequence.accept(Stamp.withoutRun(stamped), tally);
      if (!behind) {
        owner.onLive(dueNs);
      }
    } else if (type.equals(GAP)) {
      tally.gaps++;
    } else if (type.equals(READY) && !ready) {
      ready = true;
      owner.onReady(this);
    }
  }

  /** How many events of its address it has not got yet. */
  long outstanding() {
    return sequence.outstanding(published.of(address));
  }

  @Override
  public void onStamp(long stampedSequence, long dueNs) {
    throw new IllegalStateException("it reads by blocks");
  }

  @Override
  public void onReady() {
    throw new IllegalStateException("it reads by blocks");
  }

  @Override
  public void onPing(byte[] data) {
    throw new IllegalStateException("an event stream has no pings");
  }

  @Override
  public void onEnd(String reason) {
    owner.onEnd(this, reason);
  }
}
