package dev.tailrace.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.edge.auth.Tokens;
import dev.tailrace.edge.client.RawSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HostPortHttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpScheme;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.http2.frames.DataFrame;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.http2.frames.SettingsFrame;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How WebSockets inside HTTP/2 end, frame by frame (RFC 8441). */
class SocketStreamsIT extends EdgeFixture {
  private static final int CLOSE = 8;

  private final HTTP2Client client = new HTTP2Client();
  private final CountDownLatch reset = new CountDownLatch(1);
  private final CountDownLatch end = new CountDownLatch(1);

  @BeforeEach
  void start() throws Exception {
    client.start();
  }

  @AfterEach
  void stop() throws Exception {
    client.stop();
  }

  @Test
  void shouldEndAStreamThatBothHaveClosedWithoutAReset() throws Exception {
    Stream socket = open(64 << 10);
    send(socket, RawSocket.frame(CLOSE, new byte[0]), false);
    assertThat(end.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as("its end").isTrue();

    send(socket, new byte[0], true);

    await().atMost(PATIENCE).until(() -> edge.connections() == 0);
    assertThat(reset.getCount()).as("resets that have not come").isOne();
  }

  @Test
  void shouldResetAStreamWhoseClientGoesOnAfterBothHaveClosed() throws Exception {
    Stream socket = open(64 << 10);

    send(socket, RawSocket.frame(CLOSE, new byte[0]), false);

    assertThat(reset.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as("a reset").isTrue();
    assertThat(end.getCount()).as("and its end before").isZero();
    await().atMost(PATIENCE).until(() -> edge.connections() == 0);
  }

  @Test
  void shouldResetAStreamThatMakesNoRoomForItsClose() throws Exception {
    Stream socket = open(0);

    send(socket, RawSocket.frame(CLOSE, new byte[0]), false);

    assertThat(reset.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as("a reset").isTrue();
    await().atMost(PATIENCE).until(() -> edge.connections() == 0);
  }

  private Stream open(int windowBytes) throws Exception {
    Session session =
        client
            .connect(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), edge.port()),
                new Session.Listener() {
                  @Override
                  public Map<Integer, Integer> onPreface(Session opened) {
                    return Map.of(SettingsFrame.INITIAL_WINDOW_SIZE, windowBytes);
                  }
                })
            .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    HostPortHttpField authority = new HostPortHttpField("127.0.0.1:" + edge.port());
    String path = "/v1/socket?access_token=" + Tokens.subscribing("streams.user", "*");
    HttpFields headers = HttpFields.build().put(HttpHeader.SEC_WEBSOCKET_VERSION, "13");
    MetaData.Request request =
        new MetaData.ConnectRequest(HttpScheme.HTTP, authority, path, headers, "websocket");
    return session
        .newStream(new HeadersFrame(request, null, false), new Listener())
        .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  private static void send(Stream socket, byte[] bytes, boolean end) throws Exception {
    socket
        .data(new DataFrame(socket.getId(), ByteBuffer.wrap(bytes), end))
        .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  private final class Listener implements Stream.Listener {
    @Override
    public void onHeaders(Stream stream, HeadersFrame frame) {
      stream.demand();
    }

    @Override
    public void onDataAvailable(Stream stream) {
      Stream.Data data = stream.readData();
      boolean last = data != null && data.frame().isEndStream();
      if (data != null) {
        data.release();
      }
      if (last) {
        end.countDown();
      } else {
        stream.demand();
      }
    }

    @Override
    public void onReset(Stream stream, ResetFrame frame, Callback callback) {
      reset.countDown();
      callback.succeeded();
    }
  }
}
