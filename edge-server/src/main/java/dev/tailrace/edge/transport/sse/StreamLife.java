package dev.tailrace.edge.transport.sse;

import dev.tailrace.edge.connection.ConnectionAcceptor;
import dev.tailrace.edge.connection.ConnectionAdmission;
import dev.tailrace.edge.connection.ConnectionRequest;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * From a stream's admission to its end: the agent has it from when its first bytes are written, and
 * hears of its end once, after that.
 *
 * <p>Threading: any thread.
 */
final class StreamLife {
  private enum State {
    OPENING,
    OPEN,
    OVER
  }

  private final SseTransport transport;
  private final ConnectionAdmission.Lease lease;
  private final ConnectionAcceptor acceptor;
  private final OpenStreams.Place place;
  private final AtomicReference<State> state = new AtomicReference<>(State.OPENING);

  /** Of a stream that has been admitted. */
  StreamLife(
      SseTransport transport,
      ConnectionAdmission.Lease lease,
      ConnectionAcceptor acceptor,
      OpenStreams.Place place) {
    this.transport = transport;
    this.lease = lease;
    this.acceptor = acceptor;
    this.place = place;
  }

  /** Writes the first bytes, then hands the stream to its agent. */
  void begin(ConnectionRequest registration) {
    transport.open(
        failure -> {
          if (failure != null) {
            end(failure);
            return;
          }
          acceptor.offerRegister(registration);
          place.take();
          if (!state.compareAndSet(State.OPENING, State.OPEN)) {
            place.leave();
            acceptor.offerClosed(transport);
          }
        });
  }

  /** The stream is no more. May be called again. */
  void end(@Nullable Throwable failure) {
    State before = state.getAndSet(State.OVER);
    if (before == State.OVER) {
      return;
    }
    lease.close();
    if (failure != null) {
      transport.fail(failure);
    }
    if (before == State.OPEN) {
      place.leave();
      acceptor.offerClosed(transport);
    }
  }
}
