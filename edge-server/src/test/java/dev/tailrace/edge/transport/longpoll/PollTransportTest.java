package dev.tailrace.edge.transport.longpoll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.edge.connection.DisconnectReason;
import dev.tailrace.edge.cursor.ClusterTag;
import dev.tailrace.edge.encoding.EventEncoder;
import dev.tailrace.edge.transport.RetryDelay;
import java.security.SecureRandom;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.LocalConnector;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.component.LifeCycle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PollTransportTest {
  private final Server server = new Server();
  private final LocalConnector connector = new LocalConnector(server);

  @AfterEach
  void stop() {
    LifeCycle.stop(server);
  }

  @Test
  void shouldStillBeAnsweredWhenItsTurnCouldNotBeMade() throws Exception {
    server.addConnector(connector);
    server.setHandler(
        new Handler.Abstract() {
          @Override
          public boolean handle(Request request, Response response, Callback callback) {
            PollTransport poll =
                new PollTransport(
                    response,
                    callback,
                    new EventEncoder(new ClusterTag("tag"), key -> {}),
                    100,
                    new RetryDelay(1, 2, new SecureRandom()));
            assertThatThrownBy(() -> poll.flush(PollTransportTest::noCursor, failure -> {}))
                .hasMessage("no cursor");
            poll.close(DisconnectReason.FAILED);
            return true;
          }
        });
    server.start();

    String answer = connector.getResponse("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

    assertThat(answer).startsWith("HTTP/1.1 503");
  }

  private static String noCursor() {
    throw new IllegalStateException("no cursor");
  }
}
