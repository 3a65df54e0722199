package dev.tailrace.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.edge.auth.Tokens;
import dev.tailrace.edge.client.Http2Client;
import dev.tailrace.edge.client.RawSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HostPortHttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpScheme;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.frames.DataFrame;
import org.junit.jupiter.api.Test;

/** How WebSockets inside HTTP/2 end, frame by frame (RFC 8441). */
class SocketStreamsIT extends EdgeFixture {
  private static final int CLOSE = 8;

  @Test
  void shouldEndAStreamThatBothHaveClosedWithoutAReset() throws Exception {
    try (Http2Client client = new Http2Client(edge.port())) {
      Stream socket = open(client);
      send(socket, RawSocket.frame(CLOSE, new byte[0]), false);
      assertThat(client.next()).isEqualTo("end");

      send(socket, new byte[0], true);

      await().atMost(PATIENCE).until(() -> edge.connections() == 0);
      assertThat(client.next(Duration.ZERO)).as("a reset").isNull();
    }
  }

  /** Both have 5 s, at the same time. */
  @Test
  void shouldResetAStreamWhoseClientGoesOnOrMakesNoRoomForItsClose() throws Exception {
    try (Http2Client goesOn = new Http2Client(edge.port());
        Http2Client noRoom = Http2Client.withWindow(edge.port(), 0)) {
      send(open(goesOn), RawSocket.frame(CLOSE, new byte[0]), false);
      send(open(noRoom), RawSocket.frame(CLOSE, new byte[0]), false);

      assertThat(goesOn.next()).as("both have closed").isEqualTo("end");
      assertThat(goesOn.next()).startsWith("reset");
      assertThat(noRoom.next()).startsWith("reset");
      await().atMost(PATIENCE).until(() -> edge.connections() == 0);
    }
  }

  private static Stream open(Http2Client client) throws Exception {
    HostPortHttpField authority = new HostPortHttpField("127.0.0.1:" + edge.port());
    String path = "/v1/socket?access_token=" + Tokens.subscribing("streams.user", "*");
    HttpFields headers = HttpFields.build().put(HttpHeader.SEC_WEBSOCKET_VERSION, "13");
    Stream socket =
        client.open(
            new MetaData.ConnectRequest(HttpScheme.HTTP, authority, path, headers, "websocket"));
    assertThat(client.next()).isEqualTo("status 200");
    return socket;
  }

  private static void send(Stream socket, byte[] bytes, boolean end) throws Exception {
    socket
        .data(new DataFrame(socket.getId(), ByteBuffer.wrap(bytes), end))
        .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }
}
