package dev.tailrace.edge.transport.sse;

import java.io.ByteArrayOutputStream;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** An answer whose client takes a write only when the test says so. */
final class StalledResponse {
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private @Nullable ByteBuffer bytes;
  private @Nullable Callback callback;

  /** Jetty's interface, of which a stream needs little. */
  Response asResponse() {
    return (Response)
        Proxy.newProxyInstance(
            Response.class.getClassLoader(),
            new Class<?>[] {Response.class},
            (proxy, method, arguments) -> {
              if (!method.getName().equals("write")) {
                throw new UnsupportedOperationException(method.getName());
              }
              write((ByteBuffer) arguments[1], (Callback) arguments[2]);
              return null;
            });
  }

  private void write(ByteBuffer more, Callback ended) {
    if (callback != null) {
      throw new IllegalStateException("a write while another is in flight");
    }
    bytes = more;
    callback = ended;
  }

  /** The write in flight ends. */
  void take() {
    ByteBuffer taken = Objects.requireNonNull(bytes);
    byte[] copy = new byte[taken.remaining()];
    taken.get(copy);
    written.writeBytes(copy);
    end().succeeded();
  }

  /** All writes end, those that come of it too. */
  void takeAll() {
    while (callback != null) {
      take();
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

  /** What was taken. */
  String written() {
    return written.toString(StandardCharsets.UTF_8);
  }
}
