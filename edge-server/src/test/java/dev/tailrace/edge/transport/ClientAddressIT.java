package dev.tailrace.edge.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.agent.EdgeClock;
import dev.tailrace.edge.auth.Authenticators;
import dev.tailrace.edge.auth.RequestAuthenticator;
import dev.tailrace.edge.connection.Admissions;
import dev.tailrace.edge.connection.ConnectionAcceptor;
import dev.tailrace.edge.connection.ConnectionAdmission;
import dev.tailrace.edge.connection.ConnectionRequest;
import dev.tailrace.edge.connection.DisconnectReason;
import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.connection.Subscriber;
import dev.tailrace.edge.connection.Transport;
import dev.tailrace.edge.cursor.ClusterTag;
import dev.tailrace.edge.cursor.StartPosition;
import dev.tailrace.edge.encoding.EventEncoder;
import dev.tailrace.edge.lane.HandSlots;
import dev.tailrace.edge.publish.EventPublisher;
import dev.tailrace.edge.transport.history.HistoryHandler;
import dev.tailrace.edge.transport.longpoll.PollHandler;
import dev.tailrace.edge.transport.sse.OpenStreams;
import dev.tailrace.edge.transport.sse.SseHandler;
import dev.tailrace.edge.transport.websocket.WebSocketHandler;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.component.LifeCycle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Where a client comes from is known to whoever reads for it, by whichever transport it comes. */
class ClientAddressIT {
  private static final int TIMEOUT_S = 30;
  private static final String FROM = "127.0.0.9";
  private static final String UPGRADE =
      "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
          + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

  private final CompletableFuture<ConnectionRequest> registered = new CompletableFuture<>();
  private final Server server = new Server();

  @AfterEach
  void stop() {
    LifeCycle.stop(server);
  }

  @ParameterizedTest
  @EnumSource(Transport.Kind.class)
  void shouldNameTheAddressThatAConnectionComesFrom(Transport.Kind kind) throws Exception {
    ServerConnector connector = new ServerConnector(server, 1, 1);
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    server.setHandler(handler(kind));
    server.start();

    try (Socket client =
        new Socket(
            InetAddress.getByName("127.0.0.1"),
            connector.getLocalPort(),
            InetAddress.getByName(FROM),
            0)) {
      String headers = kind == Transport.Kind.WEBSOCKET ? UPGRADE : "";
      client
          .getOutputStream()
          .write(
              "GET /?channel=a&user=ann HTTP/1.1\r\nHost: localhost\r\n%s\r\n"
                  .formatted(headers)
                  .getBytes(StandardCharsets.US_ASCII));

      ConnectionRequest request = registered.get(TIMEOUT_S, TimeUnit.SECONDS);

      assertThat(request.transport().kind()).isEqualTo(kind);
      assertThat(request.address()).isEqualTo(InetAddress.getByName(FROM));
    }
  }

  private Handler handler(Transport.Kind kind) {
    RequestAuthenticator authenticator = Authenticators.of(Map.of("dev", "true"));
    SubscribeRules rules = new SubscribeRules(authenticator, new HandSlots(), 5, EdgeClock.SYSTEM);
    ConnectionAdmission admission = Admissions.of(1);
    EventEncoder encoder = new EventEncoder(new ClusterTag("abc"), key -> {});
    TurnBuffers buffers = new TurnBuffers(1 << 20);
    RetryDelay retry = new RetryDelay(1, 2, new Random(1));
    Supplier<ConnectionAcceptor> acceptor = Registering::new;
    return switch (kind) {
      case SSE ->
          new SseHandler(rules, admission, acceptor, encoder, buffers, retry, new OpenStreams());
      case POLL -> new PollHandler(rules, admission, acceptor, encoder, buffers, retry);
      case HISTORY ->
          new HistoryHandler(rules, admission, acceptor, encoder, buffers, retry, EdgeClock.SYSTEM);
      case WEBSOCKET ->
          new WebSocketHandler(
              rules,
              authenticator,
              admission,
              acceptor,
              nobodyPublishes(),
              encoder,
              buffers,
              retry,
              EdgeClock.SYSTEM,
              1 << 10,
              Duration.ofMinutes(1),
              false);
    };
  }

  private static EventPublisher nobodyPublishes() {
    return null;
  }

  /** Keeps what is asked of a delivery agent, and answers nothing. */
  private final class Registering implements ConnectionAcceptor {
    @Override
    public void offerRegister(ConnectionRequest request) {
      registered.complete(request);
    }

    @Override
    public void offerClosed(Transport transport) {}

    @Override
    public void offerSubscribe(
        Transport transport, long ref, String channel, StartPosition start, long intervalMs) {}

    @Override
    public void offerUnsubscribe(Transport transport, long ref, String channel) {}

    @Override
    public void offerNotice(Transport transport, Notice notice) {}

    @Override
    public void offerRefresh(Transport transport, Subscriber refreshed) {}

    @Override
    public void offerClose(Transport transport, DisconnectReason reason) {}
  }
}
