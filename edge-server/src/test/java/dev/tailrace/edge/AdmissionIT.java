package dev.tailrace.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.edge.auth.Tokens;
import java.io.IOException;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.http2.client.transport.HttpClientTransportOverHTTP2;
import org.eclipse.jetty.util.component.LifeCycle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whoever leaves gives up his place, also where leaving is no more than the reset of a stream. */
class AdmissionIT extends EdgeFixture {
  private final String query = "access_token=" + Tokens.subscribing("admitted", "*");
  private final HttpClient http2 =
      new HttpClient(new HttpClientTransportOverHTTP2(new HTTP2Client()));

  @BeforeEach
  void startClient() throws Exception {
    http2.start();
  }

  @AfterEach
  void stopClient() {
    LifeCycle.stop(http2);
  }

  @Test
  void shouldGiveUpThePlaceOfAStreamAndOfAPollThatAreReset() {
    EdgeServer own = anotherEdge();
    Request stream = open(own, "/v1/events?" + query);
    Request poll = open(own, "/v1/poll?wait=60&cursor=" + cursor(own) + "&" + query);
    await().atMost(PATIENCE).until(() -> own.connections() == 2);

    assertThat(stream.abort(new IOException("the client leaves")).join()).isTrue();
    assertThat(poll.abort(new IOException("the client leaves")).join()).isTrue();

    await().atMost(PATIENCE).until(() -> own.connections() == 0);
  }

  @Test
  void shouldGiveUpThePlacesOfAConnectionThatIsCut() {
    EdgeServer own = anotherEdge();
    for (int i = 0; i < 5; i++) {
      open(own, "/v1/events?" + query);
    }
    await().atMost(PATIENCE).until(() -> own.connections() == 5);

    LifeCycle.stop(http2);

    await().atMost(PATIENCE).until(() -> own.connections() == 0);
  }

  private Request open(EdgeServer on, String path) {
    Request request = http2.newRequest("http://127.0.0.1:" + on.port() + path);
    request.send(result -> {});
    return request;
  }

  private String cursor(EdgeServer of) {
    try {
      String answer =
          http2
              .GET("http://127.0.0.1:" + of.port() + "/v1/poll?wait=0&" + query)
              .getContentAsString();
      assertThat(answer).startsWith("{\"cursor\":\"");
      return answer.substring("{\"cursor\":\"".length(), answer.indexOf('"', 12));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
