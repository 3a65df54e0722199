package dev.tailrace.edge.transport.websocket;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.tailrace.edge.cursor.ClusterTag;
import dev.tailrace.edge.encoding.EventEncoder;
import dev.tailrace.edge.tail.StoppedClock;
import dev.tailrace.edge.transport.RetryDelay;
import dev.tailrace.edge.transport.Scripted;
import dev.tailrace.edge.transport.TurnBuffers;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import org.eclipse.jetty.server.Connector;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/** A socket that comes while the edge ends those that nobody has said whose they are. */
@JCStressTest
@Outcome(id = "true", expect = ACCEPTABLE, desc = "closed by one of the two")
@Outcome(expect = FORBIDDEN, desc = "the edge waits for it in vain")
@State
public class UnauthenticatedSocketsStress {
  private static final TurnBuffers BUFFERS = new TurnBuffers(64 << 20);
  private static final EventEncoder ENCODER =
      new EventEncoder(ClusterTag.of("c", "u", "h"), key -> {});
  private static final Scripted.Timer TIMER = new Scripted.Timer();
  private static final Connector CONNECTOR =
      (Connector)
          Proxy.newProxyInstance(
              UnauthenticatedSocketsStress.class.getClassLoader(),
              new Class<?>[] {Connector.class},
              (proxy, method, args) ->
                  switch (method.getName()) {
                    case "getExecutor" -> (Executor) Runnable::run;
                    case "getScheduler" -> TIMER;
                    default -> null;
                  });

  private final UnauthenticatedSockets sockets = new UnauthenticatedSockets();
  private final WebSocketTransport socket =
      new WebSocketTransport(
          new WebSocketConnection(
              new Scripted.Sink(), CONNECTOR, null, false, Duration.ofMinutes(1)),
          Subprotocol.JSON,
          false,
          ENCODER,
          BUFFERS,
          new RetryDelay(1, 1, new SplittableRandom(1)),
          new StoppedClock());

  @Actor
  public void comes() {
    sockets.add(socket);
  }

  @Actor
  public void edge() {
    sockets.closeAll();
  }

  @Arbiter
  public void after(Z_Result r) {
    r.r1 = socket.isClosed();
  }
}
