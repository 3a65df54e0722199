package dev.tailrace.edge.http;

import com.google.protobuf.ByteString;
import dev.tailrace.edge.publish.InFlightBudget;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;

/**
 * Reads one request's body without holding a thread. A body that is too large, or for which there
 * is no room, is read on and thrown away for a while, because most clients look for an answer only
 * when they have sent everything; but not for ever.
 *
 * <p>Threading: one thread at a time, whichever Jetty calls with the next chunk.
 */
final class BodyReader implements Runnable {
  /** What came. */
  sealed interface Body {
    /** All of it. */
    record Whole(ByteString bytes) implements Body {}

    /** More than the limit. */
    record TooLarge() implements Body {}

    /** No room for it now. */
    record NoRoom() implements Body {}

    /** The client went away, or broke the protocol. */
    record Broken(Throwable failure) implements Body {}
  }

  private static final int DISCARD_LIMITS = 4;

  private final Request request;
  private final int limit;
  private final InFlightBudget budget;
  private final Consumer<Body> sink;
  private final ByteString.Output bytes = ByteString.newOutput();
  private Body refusal = new Body.TooLarge();
  private boolean discarding;
  private long received;

  private BodyReader(Request request, int limit, InFlightBudget budget, Consumer<Body> sink) {
    this.request = request;
    this.limit = limit;
    this.budget = budget;
    this.sink = sink;
  }

  /** Reads; the sink is called once, from here or later, and the room is given back after it. */
  static void read(Request request, int limit, InFlightBudget budget, Consumer<Body> sink) {
    boolean asks = request.getHeaders().contains(HttpHeader.EXPECT);
    if (asks && request.getHeaders().getLongField(HttpHeader.CONTENT_LENGTH) > limit) {
      sink.accept(new Body.TooLarge()); // it has not begun to send
      return;
    }
    new BodyReader(request, limit, budget, sink).run();
  }

  @Override
  public void run() {
    while (true) {
      Content.Chunk chunk = request.read();
      if (chunk == null) {
        request.demand(this);
        return;
      }
      if (Content.Chunk.isFailure(chunk)) {
        finish(new Body.Broken(chunk.getFailure()));
        return;
      }
      take(chunk);
      boolean last = chunk.isLast();
      chunk.release();
      if (last || received > (long) limit * DISCARD_LIMITS) {
        finish(discarding ? refusal : new Body.Whole(bytes.toByteString()));
        return;
      }
    }
  }

  private void take(Content.Chunk chunk) {
    int more = chunk.remaining();
    received += more;
    if (discarding) {
      return;
    }
    if (received > limit) {
      discard(new Body.TooLarge());
    } else if (!budget.take(0, more)) {
      discard(new Body.NoRoom());
    } else {
      byte[] part = new byte[more];
      chunk.get(part, 0, more);
      bytes.write(part, 0, more);
    }
  }

  private void discard(Body why) {
    discarding = true;
    refusal = why;
    budget.release(0, bytes.size());
    bytes.reset();
  }

  private void finish(Body body) {
    try {
      sink.accept(body);
    } finally {
      budget.release(0, bytes.size());
      bytes.reset();
    }
  }
}
