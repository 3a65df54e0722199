package dev.tailrace.edge.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.tailrace.edge.auth.Authenticators;
import dev.tailrace.edge.transport.SubscribeRules.Accepted;
import dev.tailrace.edge.transport.SubscribeRules.RefusedException;
import dev.tailrace.schemas.Channels;
import dev.tailrace.schemas.SlotMap;
import dev.tailrace.schemas.SlotMaps;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.eclipse.jetty.http.ComplianceViolation;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.server.Components;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.HttpChannel;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.junit.jupiter.api.Test;

/** Whatever a query says is a wish that can be met, or is refused with a problem document. */
class QueryFuzz {
  private static final int MOST_CHANNELS = 100;
  private static final int LONGEST_PROBLEM = 4_000;
  private static final InetSocketAddress CLIENT = new InetSocketAddress("127.0.0.1", 1);

  private final SubscribeRules rules =
      new SubscribeRules(
          Authenticators.of(Map.of("dev", "true")),
          () -> SlotMaps.of(SlotMap.initial(3, 4)),
          MOST_CHANNELS,
          InstantSource.fixed(Instant.parse("2026-11-24T09:30:00Z")));

  @FuzzTest(maxDuration = "2m")
  void shouldReadAWishOrSayWhatIsWrong(byte[] input) {
    // Jetty takes no others, nor a fragment.
    String query =
        new String(input, StandardCharsets.ISO_8859_1).replaceAll("[^!-~]", "~").replace("#", "~");
    try {
      Accepted accepted = rules.read(request(query));
      assertThat(accepted.channels())
          .hasSizeLessThanOrEqualTo(MOST_CHANNELS)
          .allMatch(Channels::isChannel);
    } catch (RefusedException e) {
      assertThat(e.problem().status()).isBetween(400, 499);
      assertThat(e.problem().json()).hasSizeLessThan(LONGEST_PROBLEM);
    }
  }

  /** Or the target would show little. */
  @Test
  void shouldReadAWish() throws RefusedException {
    Accepted accepted = rules.read(request("channel=a&channel=%62&last=5"));

    assertThat(accepted.channels()).containsExactly("a", "b");
  }

  private static Request request(String query) {
    Object connection =
        stub(
            Map.of(
                "getRemoteSocketAddress", CLIENT, "getHttpConfiguration", new HttpConfiguration()),
            ConnectionMetaData.class);
    Object components =
        stub(
            Map.of("getComplianceViolationListener", ComplianceViolation.Listener.NOOP),
            Components.class,
            HttpChannel.class);
    return (Request)
        stub(
            Map.of(
                "getHttpURI",
                HttpURI.from("http://localhost/v1/events?" + query),
                "getHeaders",
                HttpFields.EMPTY,
                "getConnectionMetaData",
                connection,
                "getComponents",
                components),
            Request.class);
  }

  /** Whose methods give these; null, or nothing, for others. */
  private static Object stub(Map<String, Object> answers, Class<?>... types) {
    return Proxy.newProxyInstance(
        QueryFuzz.class.getClassLoader(),
        types,
        (self, method, arguments) -> answers.get(method.getName()));
  }
}
