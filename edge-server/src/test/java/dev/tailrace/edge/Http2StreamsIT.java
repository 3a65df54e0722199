package dev.tailrace.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.tailrace.edge.auth.Tokens;
import dev.tailrace.v1.Event;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.util.component.LifeCycle;
import org.junit.jupiter.api.Test;

/** Many event streams on one connection of HTTP/2, each with a window of its own. */
class Http2StreamsIT extends EdgeFixture {
  private static final int NEIGHBOURS = 10;
  private static final int STREAM_WINDOW = 16 << 10;
  private static final int CONNECTION_WINDOW = 16 << 20;
  private static final int EVENTS = 64;
  private static final ByteString DATA = ByteString.copyFromUtf8("\"" + "x".repeat(4 << 10) + "\"");

  private final String token = Tokens.subscribing("streams", "*");
  private final HTTP2Client client = new HTTP2Client();

  @Test
  void shouldNotStallItsNeighboursWhenOneStreamIsNotRead() throws Exception {
    String channel = "h2.shared";
    client.setInitialStreamRecvWindow(STREAM_WINDOW);
    client.setInitialSessionRecvWindow(CONNECTION_WINDOW);
    client.start();
    try (HonestCrowd crowd = HonestCrowd.connect(lanes, edge.port(), token, "h2.crowd")) {
      Session session =
          client
              .connect(
                  new InetSocketAddress(InetAddress.getLoopbackAddress(), edge.port()),
                  new Session.Listener() {})
              .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      Events stalled = open(session, channel);
      List<Events> neighbours = new ArrayList<>();
      for (int i = 0; i < NEIGHBOURS; i++) {
        neighbours.add(open(session, channel));
      }
      neighbours.forEach(Events::readOn);

      for (int i = 0; i < EVENTS; i++) {
        lanes.toChannel(
            channel, Event.newBuilder().setId("s%03d".formatted(i)).setData(DATA).build());
      }

      neighbours.forEach(Events::awaitAll);
      assertThat(stalled.text()).as("what was not read").isEmpty();
      crowd.expectNext();
      stalled.readOn();
      stalled.awaitAll();
    } finally {
      LifeCycle.stop(client);
    }
  }

  private Events open(Session session, String channel) throws Exception {
    String uri =
        "http://127.0.0.1:%d/v1/events?channel=%s&access_token=%s"
            .formatted(edge.port(), channel, token);
    MetaData.Request request =
        new MetaData.Request("GET", HttpURI.from(uri), HttpVersion.HTTP_2, HttpFields.EMPTY);
    Events events = new Events();
    events.stream =
        session
            .newStream(new HeadersFrame(request, null, true), events)
            .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    await().atMost(PATIENCE).until(() -> events.opened);
    return events;
  }

  /** An event stream that is read from when it is told to. */
  private static final class Events implements Stream.Listener {
    private final Queue<String> pieces = new ConcurrentLinkedQueue<>();
    private Stream stream;
    private volatile boolean opened;

    private void readOn() {
      stream.demand();
    }

    private String text() {
      return String.join("", pieces);
    }

    private void awaitAll() {
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                String text = text();
                for (int i = 0; i < EVENTS; i++) {
                  assertThat(text.contains("s%03d".formatted(i))).as("event %d", i).isTrue();
                }
              });
    }

    @Override
    public void onHeaders(Stream opening, HeadersFrame frame) {
      opened = true;
    }

    @Override
    public void onDataAvailable(Stream reading) {
      Stream.Data data = reading.readData();
      if (data != null) {
        ByteBuffer bytes = data.frame().getByteBuffer();
        pieces.add(StandardCharsets.UTF_8.decode(bytes.slice()).toString());
        data.release();
      }
      reading.demand();
    }
  }
}
