package dev.tailrace.system.rehearsals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.tailrace.system.Crowd;
import dev.tailrace.system.Identities;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The issuer takes another key, by its JWK Set, and no edge is restarted. */
class RotateTokenKeysRehearsal {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Steps steps = new Steps("rotate keys of tokens");
  private final AtomicReference<String> published = new AtomicReference<>("");
  private HttpServer issuer;

  @BeforeEach
  void serve() throws IOException {
    issuer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    issuer.createContext(
        "/keys",
        exchange -> {
          byte[] set = published.get().getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, set.length);
          exchange.getResponseBody().write(set);
          exchange.close();
        });
    issuer.start();
  }

  @AfterEach
  void stop() {
    issuer.stop(0);
  }

  private void publish(TokenIssuer... keys) {
    published.set(
        Arrays.stream(keys)
            .map(TokenIssuer::jwk)
            .collect(Collectors.joining(",", "{\"keys\":[", "]}")));
  }

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void shouldTakeAnotherKeyWithoutRestarts() throws Exception {
    TokenIssuer old = new TokenIssuer("old");
    TokenIssuer next = new TokenIssuer("next");
    AtomicReference<TokenIssuer> signs = new AtomicReference<>(old);
    publish(old);
    try (Topology topology = new Topology(Build.current())) {
      topology.change(
          "TAILRACE_AUTH_JWKS_URL", "http://127.0.0.1:" + issuer.getAddress().getPort() + "/keys");
      topology.change("TAILRACE_AUTH_JWKS_REFRESH", "2s");
      topology.change("TAILRACE_AUTH_JWKS_PAUSE", "1s");
      topology.startAll();
      int keys = (int) topology.metric(0, "tailrace_edge_auth_keys");
      try (Crowd crowd =
          topology.crowd("keys", Identities.tokensOf(user -> signs.get().token(user)))) {
        crowd.awaitNewsEverywhere();

        publish(old, next);
        awaitKeys(topology, keys + 1);
        steps.say("all edges know the new key beside the old one");
        signs.set(next);
        crowd.hop();
        crowd.awaitNewsEverywhere();
        steps.say("clients have come back with tokens of the new key");
        int opened = crowd.timesOpened();
        publish(next);
        awaitKeys(topology, keys);
        assertThat(topology.history("news", old.token("ann"), "").statusCode()).isEqualTo(401);
        assertThat(topology.history("news", next.token("ann"), "").statusCode()).isEqualTo(200);
        crowd.awaitNewsEverywhere();
        assertThat(crowd.timesOpened()).as("connections stay").isEqualTo(opened);
        steps.say("the old key verifies nothing any more");

        crowd.assertWhole();
        steps.say("nothing was lost, repeated, out of order or told as a gap");
      }
    }
  }

  private static void awaitKeys(Topology topology, int count) {
    await("%d keys at every edge".formatted(count))
        .atMost(PATIENCE)
        .until(
            () -> {
              for (int i = 0; i < topology.moreEdges(); i++) {
                if ((int) topology.metric(i, "tailrace_edge_auth_keys") != count) {
                  return false;
                }
              }
              return true;
            });
  }
}
