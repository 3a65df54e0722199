package dev.tailrace.edge.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.server.AcceptRateLimit;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.Test;

/** Many who come at once are let in one after the other, and nobody is refused. */
class PacedAcceptIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int CLIENTS = 20;
  private static final byte[] REQUEST =
      "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
          .getBytes(StandardCharsets.US_ASCII);

  /** Answers everything. */
  private static final class Answering extends Handler.Abstract {
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      response.setStatus(204);
      callback.succeeded();
      return true;
    }
  }

  @Test
  void shouldLetAllInAtItsPace() throws Exception {
    Server server =
        JettyServerFactory.publicServer(Configs.with("edge.accept.rate", "5"), new Answering());
    ServerConnector connector = (ServerConnector) server.getConnectors()[0];
    List<Socket> clients = new ArrayList<>();
    server.start();
    try {
      for (int i = 0; i < CLIENTS; i++) {
        Socket client = new Socket(InetAddress.getLoopbackAddress(), connector.getLocalPort());
        client.setSoTimeout((int) PATIENCE.toMillis());
        client.getOutputStream().write(REQUEST);
        clients.add(client);
      }
      await().atMost(PATIENCE).until(() -> !connector.isAccepting());

      for (Socket client : clients) {
        assertThat(new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
            .startsWith("HTTP/1.1 204 ");
      }
      await().atMost(PATIENCE).until(connector::isAccepting);
    } finally {
      for (Socket client : clients) {
        client.close();
      }
      server.stop();
    }
  }

  @Test
  void shouldHaveNoPaceWithoutALimit() {
    Server server =
        JettyServerFactory.publicServer(Configs.with("edge.accept.rate", "0"), new Answering());

    assertThat(server.getBean(AcceptRateLimit.class)).isNull();
  }
}
