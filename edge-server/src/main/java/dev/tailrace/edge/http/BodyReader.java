package dev.tailrace.edge.http;

import com.google.protobuf.ByteString;
import dev.tailrace.edge.http.RequestBody.BodyOverdueException;
import dev.tailrace.edge.publish.InFlightBudget;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * Reads one request's body without holding a thread, no further than its limit or the room there
 * is: what {@link AnswerAfterBody} does with the rest is its matter.
 *
 * <p>Threading: one thread at a time, whichever Jetty calls with the next chunk.
 */
public final class BodyReader implements Runnable {
  /** What came. */
  public sealed interface Body {
    /** All of it. */
    record Whole(ByteString bytes) implements Body {}

    /** More than the limit. */
    record TooLarge() implements Body {}

    /** No room for it now. */
    record NoRoom() implements Body {}

    /** It was not there in its time. */
    record Overdue() implements Body {}

    /** The client went away, or broke the protocol. */
    record Broken(Throwable failure) implements Body {}
  }

  private final Request request;
  private final int limit;
  private final InFlightBudget budget;
  private final Consumer<Body> sink;
  private final ByteString.Output bytes = ByteString.newOutput();
  private long received;

  private BodyReader(Request request, int limit, InFlightBudget budget, Consumer<Body> sink) {
    this.request = request;
    this.limit = limit;
    this.budget = budget;
    this.sink = sink;
  }

  /** Reads; the sink is called once, from here or later, and the room is given back after it. */
  public static void read(Request request, int limit, InFlightBudget budget, Consumer<Body> sink) {
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
        finish(
            chunk.getFailure() instanceof BodyOverdueException
                ? new Body.Overdue()
                : new Body.Broken(chunk.getFailure()));
        return;
      }
      Body refusal = take(chunk);
      boolean last = chunk.isLast();
      chunk.release();
      if (refusal != null || last) {
        finish(refusal == null ? new Body.Whole(bytes.toByteString()) : refusal);
        return;
      }
    }
  }

  /** Null when it can be taken. */
  private @Nullable Body take(Content.Chunk chunk) {
    int more = chunk.remaining();
    received += more;
    if (received > limit) {
      return new Body.TooLarge();
    }
    if (!budget.take(0, more)) {
      return new Body.NoRoom();
    }
    byte[] part = new byte[more];
    chunk.get(part, 0, more);
    bytes.write(part, 0, more);
    return null;
  }

  private void finish(Body body) {
    if (!(body instanceof Body.Whole)) {
      giveBack(); // a refusal may wait for the rest of the body
    }
    try {
      sink.accept(body);
    } finally {
      giveBack();
    }
  }

  private void giveBack() {
    budget.release(0, bytes.size());
    bytes.reset();
  }
}
