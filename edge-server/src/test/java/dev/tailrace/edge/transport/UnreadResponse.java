package dev.tailrace.edge.transport;

import java.io.ByteArrayOutputStream;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** An answer whose client takes a write only when the test says so. */
final class UnreadResponse {
  private final HttpFields.Mutable headers = HttpFields.build();
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private @Nullable ByteBuffer bytes;
  private @Nullable Callback callback;
  private boolean whole;

  /** Jetty's interface, of which an answer needs little. */
  Response asResponse() {
    return (Response)
        Proxy.newProxyInstance(
            Response.class.getClassLoader(),
            new Class<?>[] {Response.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "getHeaders" -> headers;
                  case "setStatus" -> null;
                  case "write" -> {
                    write((Boolean) arguments[0], (ByteBuffer) arguments[1], arguments[2]);
                    yield null;
                  }
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  private void write(boolean last, ByteBuffer more, Object ended) {
    if (callback != null || whole) {
      throw new IllegalStateException("a write that may not be");
    }
    bytes = more;
    callback = (Callback) ended;
    whole = last;
  }

  /** All writes end, those that come of it too. */
  void takeAll() {
    while (callback != null) {
      ByteBuffer taken = Objects.requireNonNull(bytes);
      byte[] copy = new byte[taken.remaining()];
      taken.get(copy);
      written.writeBytes(copy);
      end().succeeded();
    }
  }

  /** The write in flight fails. */
  void breakOff(Throwable failure) {
    end().failed(failure);
  }

  private Callback end() {
    Callback ended = Objects.requireNonNull(callback);
    callback = null;
    return ended;
  }

  HttpFields headers() {
    return headers;
  }

  /** Whether the last write said that it was the last. */
  boolean isWhole() {
    return whole;
  }

  /** What was taken. */
  String written() {
    return written.toString(StandardCharsets.UTF_8);
  }
}
