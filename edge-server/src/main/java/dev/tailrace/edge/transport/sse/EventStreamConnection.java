package dev.tailrace.edge.transport.sse;

import dev.tailrace.edge.transport.ConnectionWriter;
import dev.tailrace.edge.transport.TurnBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpGenerator;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1 connection that has become an event stream. Jetty's parser, generator, request and
 * response are let go, and a turn is written to the socket as one chunk (RFC 9112 section 7.1), or
 * as it is to a client of HTTP/1.0. It never answers another request.
 *
 * <p>It reads only to see that the client has closed; one that goes on talking is cut off. There is
 * a timer only while a client does not take what is written.
 *
 * <p>Threading: reads on the selector's thread; writes as {@link StreamOutput} says.
 */
final class EventStreamConnection extends AbstractConnection.NonBlocking
    implements Connection.UpgradeTo, StreamOutput {
  private static final int HEAD_BYTES = 8 << 10;
  private static final int READ_BYTES = 1 << 10;

  /** How often a client may send something after its request before it is cut off. */
  private static final int MOST_READS = 8;

  /** Eight digits of a length, and a line break. */
  private static final int CHUNK_HEAD_BYTES = 10;

  private static final byte[] LINE_BREAK = {'\r', '\n'};

  /** Ends the chunk before it, too. */
  private static final byte[] LAST_CHUNK = "\r\n0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private final Connector connector;
  private final ConnectionWriter writer;
  private final boolean chunked;
  private @Nullable ByteBuffer head;
  private @Nullable Consumer<Throwable> gone;
  private int reads;

  private EventStreamConnection(
      Connector connector, EndPoint endPoint, ByteBuffer head, boolean chunked) {
    super(endPoint, connector.getExecutor());
    this.connector = connector;
    this.head = head;
    this.chunked = chunked;
    this.writer =
        new ConnectionWriter(
            endPoint, connector.getScheduler(), Duration.ofMillis(endPoint.getIdleTimeout()));
  }

  /**
   * Takes a request's connection over from Jetty, which has read the whole request.
   *
   * @return null when it can not be, for it is HTTP/2 or has a body; then the response is as it was
   * @throws IOException the response's headers are too long
   */
  static @Nullable EventStreamConnection takeOver(Request request, Response response)
      throws IOException {
    ConnectionMetaData metaData = request.getConnectionMetaData();
    if (metaData.getHttpVersion().getVersion() > HttpVersion.HTTP_1_1.getVersion()
        || request.getHeaders().contains(HttpHeader.CONTENT_LENGTH)
        || request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING)) {
      return null;
    }
    // A client that waits for its connection, to use it again, would only see it cut.
    response.getHeaders().put(HttpHeader.CONNECTION, "close");
    // Which is left out for a client of HTTP/1.0.
    response.getHeaders().put(HttpHeader.TRANSFER_ENCODING, "chunked");
    ByteBuffer head = BufferUtil.allocate(HEAD_BYTES);
    HttpGenerator generator = new HttpGenerator();
    MetaData.Response answer =
        new MetaData.Response(
            HttpStatus.OK_200, null, metaData.getHttpVersion(), response.getHeaders());
    HttpGenerator.Result result =
        generator.generateResponse(answer, false, head, null, null, false);
    if (result != HttpGenerator.Result.FLUSH) {
      throw new IOException("the head of an event stream: " + result);
    }
    EndPoint endPoint = metaData.getConnection().getEndPoint();
    EventStreamConnection connection =
        new EventStreamConnection(metaData.getConnector(), endPoint, head, generator.isChunking());
    endPoint.upgrade(connection);
    endPoint.setIdleTimeout(0);
    return connection;
  }

  /** What a client sends right behind its request is not answered. */
  @Override
  public void onUpgradeTo(ByteBuffer behind) {
    reads++;
  }

  /**
   * From now on it is seen when the client closes.
   *
   * @param whenGone called once or more when the connection is no more
   */
  void watch(Consumer<Throwable> whenGone) {
    gone = whenGone;
    fillInterested();
  }

  @Override
  public int headRoom() {
    return chunked ? CHUNK_HEAD_BYTES : 0;
  }

  @Override
  public void write(TurnBuffer turn, Callback written) {
    if (chunked) {
      int length = turn.length();
      turn.put(LINE_BREAK);
      turn.putInFront((byte) '\n');
      turn.putInFront((byte) '\r');
      for (int rest = length; rest > 0; rest >>>= 4) {
        turn.putInFront(HEX[rest & 15]);
      }
    }
    ByteBuffer first = head;
    if (first == null) {
      writer.write(written, turn.toWrite());
    } else {
      head = null;
      writer.write(written, first, turn.toWrite());
    }
  }

  @Override
  public void write(byte[] shared, Callback written) {
    ByteBuffer block = ByteBuffer.wrap(shared);
    if (chunked) {
      writer.write(written, sizeLine(shared.length), block, ByteBuffer.wrap(LINE_BREAK));
    } else {
      writer.write(written, block);
    }
  }

  private static ByteBuffer sizeLine(int size) {
    String line = Integer.toHexString(size) + "\r\n";
    return ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public void end(ByteBuffer last) {
    Callback ended = Callback.from(getEndPoint()::shutdownOutput, this::fail);
    if (chunked) {
      ByteBuffer lastChunk = ByteBuffer.wrap(LAST_CHUNK);
      writer.writeLast(ended, sizeLine(last.remaining()), last, lastChunk);
    } else {
      writer.writeLast(ended, last);
    }
  }

  @Override
  public Scheduler scheduler() {
    return connector.getScheduler();
  }

  @Override
  public void fail(Throwable failure) {
    writer.cut(failure);
    onClose(failure);
  }

  @Override
  public void onFillable() {
    ByteBuffer ignored = BufferUtil.allocate(READ_BYTES);
    try {
      int count = getEndPoint().fill(ignored);
      if (count < 0) {
        fail(new IOException("the client has closed"));
      } else if (count > 0 && ++reads > MOST_READS) {
        fail(new IOException("the client goes on sending"));
      } else {
        fillInterested();
      }
    } catch (IOException e) {
      fail(e);
    }
  }

  @Override
  public void onFillInterestedFailed(Throwable cause) {
    fail(cause);
  }

  @Override
  public void onClose(@Nullable Throwable cause) {
    super.onClose(cause);
    Consumer<Throwable> whenGone = gone;
    if (whenGone != null) {
      whenGone.accept(cause == null ? new IOException("the connection is closed") : cause);
    }
  }
}
