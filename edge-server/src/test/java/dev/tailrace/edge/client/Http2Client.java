package dev.tailrace.edge.client;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.http2.frames.SettingsFrame;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.component.LifeCycle;
import org.jspecify.annotations.Nullable;

/**
 * A connection of HTTP/2 that sends frame by frame, and says what comes on its streams: {@code
 * status 200}, {@code end}, {@code reset 8}. Data is taken, and not looked at.
 */
public final class Http2Client implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final HTTP2Client client = new HTTP2Client();
  private final BlockingQueue<String> frames = new LinkedBlockingQueue<>();
  private final Session session;

  /** One that takes data as it comes. */
  public Http2Client(int port) throws Exception {
    this(port, Map.of());
  }

  private Http2Client(int port, Map<Integer, Integer> settings) throws Exception {
    client.start();
    session =
        client
            .connect(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                new Session.Listener() {
                  @Override
                  public Map<Integer, Integer> onPreface(Session opened) {
                    return settings;
                  }
                })
            .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** One whose streams have room for so many bytes. */
  public static Http2Client withWindow(int port, int bytes) throws Exception {
    return new Http2Client(port, Map.of(SettingsFrame.INITIAL_WINDOW_SIZE, bytes));
  }

  /** Opens a stream with this head, which does not end it. */
  public Stream open(MetaData.Request request) throws Exception {
    return session
        .newStream(new HeadersFrame(request, null, false), new Frames())
        .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** What comes next; null when nothing does. */
  public @Nullable String next() throws InterruptedException {
    return next(PATIENCE);
  }

  /** The same within this time. */
  public @Nullable String next(Duration time) throws InterruptedException {
    return frames.poll(time.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    LifeCycle.stop(client);
  }

  private final class Frames implements Stream.Listener {
    @Override
    public void onHeaders(Stream stream, HeadersFrame frame) {
      frames.add("status " + ((MetaData.Response) frame.getMetaData()).getStatus());
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
        frames.add("end");
      } else {
        stream.demand();
      }
    }

    @Override
    public void onReset(Stream stream, ResetFrame frame, Callback callback) {
      frames.add("reset " + frame.getError());
      callback.succeeded();
    }
  }
}
