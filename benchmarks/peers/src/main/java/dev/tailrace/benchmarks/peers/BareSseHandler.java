package dev.tailrace.benchmarks.peers;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * {@code GET /sse?<name>}: an event stream that stays open, in chunks.
 *
 * <p>Threading: Jetty's threads.
 */
final class BareSseHandler extends Handler.Abstract.NonBlocking {
  /** What a client gets first. */
  static final String HELLO = ": bare\n\n";

  private static final HttpField CONTENT_TYPE =
      new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, "text/event-stream");
  private static final HttpField NO_CACHE =
      new PreEncodedHttpField(HttpHeader.CACHE_CONTROL, "no-store, no-transform");
  private static final byte[] HELLO_BYTES = HELLO.getBytes(StandardCharsets.US_ASCII);

  private final Followers followers;

  BareSseHandler(Followers followers) {
    this.followers = followers;
  }

  private static final class Stream extends BareStream {
    private final Response response;
    private final Callback callback;

    Stream(Followers.Name name, Response response, Callback callback) {
      super(name);
      this.response = response;
      this.callback = callback;
    }

    @Override
    void write(OutgoingEvent event) {
      response.write(false, event.block(), this);
    }

    @Override
    public void failed(Throwable failure) {
      super.failed(failure);
      callback.failed(failure);
    }
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    String name = request.getHttpURI().getQuery();
    response.getHeaders().put(CONTENT_TYPE);
    response.getHeaders().put(NO_CACHE);
    Stream stream = new Stream(followers.of(String.valueOf(name)), response, callback);
    // Followed before the client hears of it, and written to after that.
    response.write(
        false,
        ByteBuffer.wrap(HELLO_BYTES),
        Callback.from(() -> followers.add(stream.name(), stream), callback::failed));
    return true;
  }
}
