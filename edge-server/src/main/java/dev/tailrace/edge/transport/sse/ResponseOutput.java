package dev.tailrace.edge.transport.sse;

import dev.tailrace.edge.transport.TurnBuffer;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * The body of a response as Jetty writes it: a stream of HTTP/2, and every answer that is over at
 * once.
 *
 * <p>Threading: that of {@link StreamOutput}.
 */
final class ResponseOutput implements StreamOutput {
  private final Scheduler scheduler;
  private final Response response;
  private final Callback ended;
  private final AtomicBoolean over = new AtomicBoolean();

  ResponseOutput(Scheduler scheduler, Response response, Callback ended) {
    this.scheduler = scheduler;
    this.response = response;
    this.ended = ended;
  }

  @Override
  public int headRoom() {
    return 0;
  }

  @Override
  public void write(TurnBuffer turn, Callback written) {
    response.write(false, turn.toWrite(), written);
  }

  @Override
  public void write(byte[] shared, Callback written) {
    response.write(false, ByteBuffer.wrap(shared), written);
  }

  @Override
  public void end(ByteBuffer last) {
    response.write(true, last, Callback.from(this::succeed, this::fail));
  }

  private void succeed() {
    if (!over.getAndSet(true)) {
      ended.succeeded();
    }
  }

  @Override
  public Scheduler scheduler() {
    return scheduler;
  }

  @Override
  public void fail(Throwable failure) {
    if (!over.getAndSet(true)) {
      ended.failed(failure);
    }
  }
}
