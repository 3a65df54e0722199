package dev.tailrace.edge.delivery;

import dev.tailrace.edge.agent.EdgeClock;
import dev.tailrace.edge.connection.ConnectionRequest;
import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.cursor.StartPosition;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.agrona.DeadlineTimerWheel;
import org.agrona.collections.Long2ObjectHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The deadlines of a delivery agent's connections, one timer each: the next of heartbeat, answer,
 * warning and end of the token, end of life, and the interval of a reader that something waits for.
 *
 * <p>Threading: the delivery agent.
 */
final class ConnectionTimers {
  private static final int TICK_MS = 16;
  private static final int TICKS = 2048;
  private static final int MAX_PER_POLL = 1024;
  private static final double LIFETIME_JITTER = 0.25;
  private static final long EXPIRY_WARNING_MS = 30_000;

  /** Tokens of one issue end together: their clients should not all come for new ones at once. */
  private static final long EXPIRY_WARNING_SPREAD_MS = 10_000;

  private final EdgeClock clock;
  private final RandomGenerator random;
  private final long heartbeatMs;
  private final long lifetimeMs;
  private final DeadlineTimerWheel wheel;
  private final Long2ObjectHashMap<Connection> connections = new Long2ObjectHashMap<>();

  ConnectionTimers(EdgeClock clock, RandomGenerator random, long heartbeatMs, long lifetimeMs) {
    this.clock = clock;
    this.random = random;
    this.heartbeatMs = heartbeatMs;
    this.lifetimeMs = lifetimeMs;
    this.wheel = new DeadlineTimerWheel(TimeUnit.MILLISECONDS, clock.monotonicMs(), TICK_MS, TICKS);
  }

  /** Sets the deadlines that a connection has from the start; no timer yet. */
  void begin(Connection connection, ConnectionRequest request) {
    setExpiryWarning(connection);
    long nowMs = clock.monotonicMs();
    switch (request.transport().kind()) {
      case POLL -> {
        boolean waits = request.start() instanceof StartPosition.At;
        connection.setAnswerByMs(nowMs + (waits ? request.waitMs() : 0));
      }
      case HISTORY -> connection.setAnswerByMs(nowMs + request.waitMs());
      case SSE, WEBSOCKET -> {
        if (lifetimeMs > 0) {
          long jitter = (long) (lifetimeMs * LIFETIME_JITTER * random.nextDouble());
          connection.setEndsAtMs(nowMs + lifetimeMs - jitter);
        }
      }
    }
  }

  /** Sets when to warn of its token's end: 30-40 s before, or at once when less is left. */
  void setExpiryWarning(Connection connection) {
    long expiresAtMs = connection.subscriber().expiresAtMs();
    if (expiresAtMs == Long.MAX_VALUE || connection.transport().kind().isAnswer()) {
      connection.setExpiryWarningAtMs(Long.MAX_VALUE);
      return;
    }
    long spread = (long) (EXPIRY_WARNING_SPREAD_MS * random.nextDouble());
    connection.setExpiryWarningAtMs(expiresAtMs - EXPIRY_WARNING_MS - spread);
  }

  /** The warning of its token's end, once, when it is due; else null. */
  @Nullable Notice takeExpiryWarning(Connection connection) {
    if (clock.millis() < connection.expiryWarningAtMs()) {
      return null;
    }
    connection.setExpiryWarningAtMs(Long.MAX_VALUE);
    long expiresAtMs = connection.subscriber().expiresAtMs();
    return new Notice.TokenExpiring(Instant.ofEpochMilli(expiresAtMs));
  }

  /** Sets the next heartbeat to 60-100 % of the interval from now. */
  void scheduleHeartbeat(Connection connection) {
    long jitter = (long) (heartbeatMs * 0.4 * random.nextDouble());
    connection.setHeartbeatAtMs(clock.monotonicMs() + heartbeatMs - jitter);
    reschedule(connection);
  }

  /** Sets the timer to the connection's next deadline; an answer that is overdue has none. */
  void reschedule(Connection connection) {
    cancel(connection);
    long nowMs = clock.monotonicMs();
    long deadline = Math.min(connection.heartbeatAtMs(), connection.paceDueAtMs(nowMs));
    deadline = Math.min(deadline, connection.endsAtMs());
    if (connection.answerByMs() > nowMs) {
      deadline = Math.min(deadline, connection.answerByMs());
    }
    long ofTokenMs = Math.min(connection.subscriber().endsAtMs(), connection.expiryWarningAtMs());
    if (ofTokenMs != Long.MAX_VALUE) {
      deadline = Math.min(deadline, nowMs + Math.max(0, ofTokenMs - clock.millis()));
    }
    connection.setTimerId(wheel.scheduleTimer(deadline));
    connections.put(connection.timerId(), connection);
  }

  /** Takes the connection's timer out. */
  void cancel(Connection connection) {
    if (connection.timerId() >= 0) {
      wheel.cancelTimer(connection.timerId());
      connections.remove(connection.timerId());
      connection.setTimerId(-1);
    }
  }

  /** Names each connection whose deadline has come; its timer is spent. */
  int poll(Consumer<Connection> onDue) {
    long nowMs = clock.monotonicMs();
    int expired = 0;
    do { // the wheel moves one tick at a time
      expired +=
          wheel.poll(
              nowMs,
              (unit, now, timerId) -> {
                expire(timerId, onDue);
                return true;
              },
              MAX_PER_POLL);
    } while (expired < MAX_PER_POLL && wheel.currentTickTime() <= nowMs);
    return expired;
  }

  private void expire(long timerId, Consumer<Connection> onDue) {
    Connection due = connections.remove(timerId);
    if (due != null) {
      due.setTimerId(-1);
      onDue.accept(due);
    }
  }
}
