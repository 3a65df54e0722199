package dev.tailrace.edge.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.component.LifeCycle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A turn over HTTP/2 to a client that takes nothing and sends more pings than Jetty bears: Jetty
 * says at once that the write failed, and writes the turn's bytes when the socket takes some again.
 */
class FailedWriteIT {
  private static final int TIMEOUT_S = 30;
  private static final int TURN_BYTES = 16_000;
  private static final int OTHER_TURNS = 20;
  private static final int TOO_MANY_PINGS = 2_000;

  /** Frame types, RFC 9113, section 6. */
  private static final int DATA = 0;

  private static final int HEADERS = 1;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int WINDOW_UPDATE = 8;
  private static final int END_OF_STREAM_AND_HEADERS = 5;

  private final TurnBuffers buffers = new TurnBuffers(1 << 20);
  private final CompletableFuture<Throwable> failed = new CompletableFuture<>();
  private final CompletableFuture<StuckEndPoint> stuck = new CompletableFuture<>();
  private final Server server = new Server();
  private final HttpConfiguration http = new HttpConfiguration();
  private final ServerConnector connector =
      new ServerConnector(server, 1, 1, new HTTP2CServerConnectionFactory(http)) {
        @Override
        protected SocketChannelEndPoint newEndPoint(
            SocketChannel channel, ManagedSelector selector, SelectionKey key) {
          SocketChannelEndPoint endPoint = new StuckEndPoint(channel, selector, key);
          endPoint.setIdleTimeout(getIdleTimeout());
          return endPoint;
        }
      };

  private volatile boolean takesNothing;

  /** A socket that takes nothing while it is told so, as if its client had not read for a while. */
  private final class StuckEndPoint extends SocketChannelEndPoint {
    StuckEndPoint(SocketChannel channel, ManagedSelector selector, SelectionKey key) {
      super(channel, selector, key, connector.getScheduler());
    }

    @Override
    public boolean flush(ByteBuffer... bytes) throws IOException {
      return !takesNothing && super.flush(bytes);
    }

    @Override
    protected void onIncompleteFlush() {
      if (takesNothing) {
        stuck.complete(this);
      } else {
        super.onIncompleteFlush();
      }
    }

    void takeAll() {
      takesNothing = false;
      getWriteFlusher().completeWrite();
    }
  }

  @BeforeEach
  void start() throws Exception {
    server.addConnector(connector);
    server.setHandler(
        new Handler.Abstract.NonBlocking() {
          @Override
          public boolean handle(Request request, Response response, Callback callback) {
            TurnBuffer turn = turn('a');
            takesNothing = true;
            response.write(
                false,
                turn.toWrite(),
                new TurnWrite(
                    turn,
                    failure -> {
                      failed.complete(failure);
                      callback.failed(failure);
                    }));
            return true;
          }
        });
    server.start();
  }

  @AfterEach
  void stop() {
    LifeCycle.stop(server);
  }

  private TurnBuffer turn(char content) {
    byte[] bytes = new byte[TURN_BYTES];
    Arrays.fill(bytes, (byte) content);
    TurnBuffer turn = buffers.acquire(TURN_BYTES);
    turn.put(bytes);
    return turn;
  }

  @Test
  void shouldNotSendAClientWhatIsPutIntoLaterTurnsOfOthers() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), connector.getLocalPort())) {
      socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(TIMEOUT_S));
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      frame(out, SETTINGS, 0, 0);
      frame(out, WINDOW_UPDATE, 0, 0, 0x7f, 0, 0, 0);
      // GET http://x/ in the terms of HPACK (RFC 7541, appendix A)
      frame(out, HEADERS, END_OF_STREAM_AND_HEADERS, 1, 0x82, 0x86, 0x84, 0x41, 1, 'x');
      StuckEndPoint endPoint = stuck.get(TIMEOUT_S, TimeUnit.SECONDS);
      ByteArrayOutputStream pings = new ByteArrayOutputStream(); // at once: there is a rate
      for (int i = 0; i < TOO_MANY_PINGS; i++) {
        frame(new DataOutputStream(pings), PING, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
      }
      out.write(pings.toByteArray());
      assertThat(failed.get(TIMEOUT_S, TimeUnit.SECONDS)).isNotNull();

      for (int i = 0; i < OTHER_TURNS; i++) {
        turn('b').toWrite();
      }
      endPoint.takeAll();

      String received = data(new DataInputStream(socket.getInputStream()));
      assertThat(received).as("it was told to have failed, and is written").isNotEmpty();
      assertThat(received).isEqualTo("a".repeat(TURN_BYTES));
    }
  }

  private static void frame(DataOutputStream out, int type, int flags, int stream, int... payload)
      throws IOException {
    out.writeByte(0);
    out.writeShort(payload.length);
    out.writeByte(type);
    out.writeByte(flags);
    out.writeInt(stream);
    for (int b : payload) {
      out.writeByte(b);
    }
    out.flush();
  }

  /** What the frames of data hold, until the server closes. */
  private static String data(DataInputStream in) throws IOException {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    for (int first = in.read(); first >= 0; first = in.read()) {
      byte[] payload = new byte[first << 16 | in.readUnsignedShort()];
      int type = in.readUnsignedByte();
      in.readUnsignedByte(); // flags
      in.readInt(); // of which stream
      in.readFully(payload);
      if (type == DATA) {
        data.writeBytes(payload);
      }
    }
    return data.toString(StandardCharsets.US_ASCII);
  }
}
