package dev.tailrace.edge.transport.sse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.connection.Admissions;
import dev.tailrace.edge.connection.ConnectionAcceptor;
import dev.tailrace.edge.connection.ConnectionAdmission;
import dev.tailrace.edge.connection.ConnectionRequest;
import dev.tailrace.edge.connection.Subscriber;
import dev.tailrace.edge.connection.Subscribers;
import dev.tailrace.edge.connection.Transport;
import dev.tailrace.edge.cursor.ClusterTag;
import dev.tailrace.edge.cursor.StartPosition;
import dev.tailrace.edge.encoding.EncodingKey;
import dev.tailrace.edge.encoding.EventEncoder;
import dev.tailrace.edge.transport.RetryDelay;
import dev.tailrace.edge.transport.TurnBuffers;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whoever is told that a stream begins is told once that it ended, whenever that is. */
class StreamLifeTest {
  private final IOException cut = new IOException("cut");

  private final StalledResponse response = new StalledResponse();
  private final SseTransport transport =
      new SseTransport(
          new TurnBuffers(1 << 20),
          new ResponseOutput(
              new ScheduledExecutorScheduler(), response.asResponse(), Callback.NOOP),
          new EventEncoder(new ClusterTag("abc"), key -> {}),
          EncodingKey.SSE_EVENT,
          new RetryDelay(1, 2, new Random(1)));
  private final ConnectionAdmission admission = Admissions.of(2);
  private final List<String> told = new ArrayList<>();
  private Runnable whileRegistering = () -> {};
  private final ConnectionAcceptor agent = agent();
  private final OpenStreams streams = new OpenStreams();
  private final OpenStreams.Key key = new OpenStreams.Key("ann", "kXv2_Lq8-0Zt5yWm");
  private StreamLife life;

  private ConnectionAcceptor agent() {
    return (ConnectionAcceptor)
        Proxy.newProxyInstance(
            ConnectionAcceptor.class.getClassLoader(),
            new Class<?>[] {ConnectionAcceptor.class},
            (proxy, method, arguments) -> {
              told.add(method.getName());
              whileRegistering.run();
              return null;
            });
  }

  @BeforeEach
  void begin() throws Exception {
    life =
        new StreamLife(
            transport,
            admission.admit(Transport.Kind.SSE, null, null),
            agent,
            streams.place(key, transport, agent));
    admission.admit(Transport.Kind.SSE, null, null); // somebody else
    Subscriber anybody = Subscribers.of(null, channel -> true);
    life.begin(
        new ConnectionRequest(transport, anybody, Set.of("scores"), StartPosition.LATEST, 0, 0));
    assertThat(told).isEmpty();
  }

  @Test
  void shouldEndOnceWhenItIsOpen() {
    response.take();
    assertThat(told).containsExactly("offerRegister");
    assertThat(admission.held()).isEqualTo(2);
    assertThat(isFoundByItsName()).isTrue();

    life.end(cut);
    life.end(null);

    assertThat(told).containsExactly("offerRegister", "offerRefresh", "offerClosed");
    assertThat(isFoundByItsName()).isFalse();
    assertThat(admission.held()).isEqualTo(1);
  }

  @Test
  void shouldEndOnceWhileItIsHandedOver() {
    whileRegistering = () -> life.end(cut);

    response.take();

    assertThat(told).containsExactly("offerRegister", "offerClosed");
    assertThat(admission.held()).isEqualTo(1);
    assertThat(isFoundByItsName()).isFalse();
  }

  @Test
  void shouldNotBeHandedOverWhenItsFirstBytesAreNotTaken() {
    response.breakOff(cut);
    life.end(cut);

    assertThat(told).isEmpty();
    assertThat(admission.held()).isEqualTo(1);
    assertThat(isFoundByItsName()).isFalse();
  }

  private boolean isFoundByItsName() {
    return streams.refresh(key, Subscribers.of("ann", channel -> true));
  }
}
