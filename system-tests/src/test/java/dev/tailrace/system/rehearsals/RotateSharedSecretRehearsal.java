package dev.tailrace.system.rehearsals;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.system.Crowd;
import dev.tailrace.system.Identities;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Another shared secret, by way of a public key: an edge takes one secret at a time. */
class RotateSharedSecretRehearsal {
  private static final String NEXT_SECRET = "fedcba9876543210fedcba9876543210fedcba9876543210";

  private final Steps steps = new Steps("rotate the shared secret");

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void shouldTakeAnotherSecretWithoutRefusingAnybody() throws Exception {
    TokenIssuer between = new TokenIssuer("between");
    try (Topology topology = Topology.start(Build.current())) {
      UnaryOperator<String> old = Identities.byToken(topology.secret("token-secret"));
      UnaryOperator<String> next = Identities.byToken(NEXT_SECRET);
      AtomicReference<UnaryOperator<String>> signs = new AtomicReference<>(old);
      try (Crowd crowd = topology.crowd("secret", user -> signs.get().apply(user))) {
        crowd.awaitNewsEverywhere();

        Path keys = topology.secrets().resolve("keys.pem");
        Files.writeString(keys, between.pem());
        topology.change("TAILRACE_AUTH_KEYS_FILE", keys.toString());
        roll(topology, crowd);
        steps.say("all edges take tokens of a public key as well");
        signs.set(Identities.tokensOf(between::token));
        crowd.hop();
        crowd.awaitNewsEverywhere();
        steps.say("clients have come back with those, and the old secret signs nothing any more");

        topology.replaceSecret("token-secret", NEXT_SECRET);
        roll(topology, crowd);
        signs.set(next);
        crowd.hop();
        crowd.awaitNewsEverywhere();
        assertThat(topology.history("news", token(old), "").statusCode()).isEqualTo(401);
        assertThat(topology.history("news", token(next), "").statusCode()).isEqualTo(200);
        steps.say(
            "all edges have the new secret, clients tokens of it, and the old one is refused");

        crowd.assertWhole();
        steps.say("nothing was lost, repeated, out of order or told as a gap");
      }
    }
  }

  private static String token(UnaryOperator<String> identity) {
    String parameter = identity.apply("ann");
    return parameter.substring(parameter.indexOf('=') + 1);
  }

  private static void roll(Topology topology, Crowd crowd) throws Exception {
    for (int i = 0; i < topology.moreEdges(); i++) {
      topology.replaceEdge(i, Build.current());
      crowd.awaitNewsEverywhere();
    }
  }
}
