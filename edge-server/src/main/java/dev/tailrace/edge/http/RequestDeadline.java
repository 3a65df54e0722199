package dev.tailrace.edge.http;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.NegotiatingServerConnection;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Cuts connections whose client has begun something and does not bring it to its end: a TLS
 * handshake, a proxy's header, or the head of a request on HTTP/1. Jetty's idle timer does not see
 * them, for each byte begins it anew. One that has sent nothing since its last request is idle, and
 * Jetty's.
 *
 * <p>Each is looked at when the timeout has passed, again and again; so it is cut after one to
 * three timeouts.
 *
 * <p>Threading: listens on Jetty's threads; looks on the scheduler's.
 */
final class RequestDeadline implements Connection.Listener {
  private final Scheduler scheduler;
  private final long timeoutMs;
  private final Map<Connection, Watch> watched = new ConcurrentHashMap<>();
  private final LongAdder cut = new LongAdder();

  RequestDeadline(Scheduler scheduler, Duration timeout) {
    this.scheduler = scheduler;
    this.timeoutMs = timeout.toMillis();
  }

  /** How many were cut; any thread. */
  long cut() {
    return cut.sum();
  }

  @Override
  public void onOpened(Connection connection) {
    if (connection instanceof HTTP2Connection) {
      return; // its frames are no heads that take their time; it has its own idle timer
    }
    Watch watch = new Watch(connection);
    watched.put(connection, watch);
    watch.later();
  }

  @Override
  public void onClosed(Connection connection) {
    Watch watch = watched.remove(connection);
    if (watch != null) {
      watch.task.cancel();
    }
  }

  private final class Watch implements Runnable {
    private final Connection connection;
    private volatile Scheduler.Task task = () -> false;
    private long requests;
    private long bytes;
    private boolean begun;

    private Watch(Connection connection) {
      this.connection = connection;
    }

    private void later() {
      task = scheduler.schedule(this, timeoutMs, TimeUnit.MILLISECONDS);
      if (!watched.containsKey(connection)) {
        task.cancel(); // closed meanwhile
      }
    }

    @Override
    public void run() {
      boolean overdue =
          connection instanceof ConnectionMetaData ? isRequestOverdue() : isStillNegotiating();
      if (overdue) {
        cut.increment();
        connection.getEndPoint().close(new TimeoutException("what was begun is not ended"));
      } else if (connection instanceof ConnectionMetaData) {
        later();
      }
    }

    /** Whether something of a request had come at the last look, and it is not whole yet. */
    private boolean isRequestOverdue() {
      long requestsNow = connection.getMessagesIn();
      long bytesNow = connection.getBytesIn();
      boolean between = requestsNow == requests && connection.getMessagesOut() == requestsNow;
      boolean overdue = between && begun;
      begun = between && bytesNow > bytes;
      requests = requestsNow;
      bytes = between ? bytes : bytesNow;
      return overdue;
    }

    private boolean isStillNegotiating() {
      if (connection instanceof SslConnection ssl) {
        Connection inner = ssl.getSslEndPoint().getConnection();
        return inner == null || inner instanceof NegotiatingServerConnection;
      }
      return connection.equals(connection.getEndPoint().getConnection());
    }
  }
}
