package dev.tailrace.edge.publish;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import dev.tailrace.edge.agent.ManualClock;
import dev.tailrace.edge.auth.Identity;
import dev.tailrace.edge.auth.PublishGrants;
import dev.tailrace.edge.auth.SubscribeGrants;
import dev.tailrace.edge.control.Revocations;
import dev.tailrace.edge.control.Revoked;
import dev.tailrace.edge.metrics.EdgeMetrics;
import dev.tailrace.schemas.EventLimits;
import dev.tailrace.v1.DeadLetter.Reason;
import dev.tailrace.v1.Event;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who may publish what, as of when it is published and not of when it was asked. */
class EventPublisherTest {
  private static final Instant THEN = Instant.parse("2026-11-29T12:00:00Z");

  private final EdgeMetrics metrics = new EdgeMetrics();
  private final ManualClock clock = new ManualClock();
  private final PublishConfig config =
      new PublishConfig("in", Duration.ofSeconds(10), 10, 10_000, 10, 3);
  private final PublishProducer producer =
      PublishProducer.start(
          config,
          metrics.publish(),
          InstantSource.system(),
          () ->
              new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer()),
          (thread, error) -> {});
  private final EventPublisher publisher =
      new EventPublisher(
          producer,
          new PublishRate(config, metrics.publish(), clock),
          EventLimits.DEFAULT,
          () -> "made up",
          clock);
  private final AtomicReference<Revocations> revoked = new AtomicReference<>(Revocations.NONE);
  private final Identity ann =
      new Identity(
          "ann", false, SubscribeGrants.NONE, PublishGrants.ALL, null, null, null, revoked::get);

  @AfterEach
  void close() {
    producer.close();
    metrics.close();
  }

  @Test
  void shouldPublishNothingOnceTheTokenIsRevoked() {
    assertThat(publish("a")).isInstanceOf(PublishResult.Acknowledged.class);

    revoked.set(Revoked.user("ann", THEN));

    assertThat(publish("a")).isEqualTo(new PublishResult.Revoked());
  }

  @Test
  void shouldPublishNothingOnARevokedChannel() {
    revoked.set(Revoked.channel("a", THEN));

    assertThat(publish("a")).isEqualTo(new PublishResult.Forbidden("a"));
    assertThat(publish("b")).isInstanceOf(PublishResult.Acknowledged.class);
  }

  @Test
  void shouldLetNobodySayWhatOnlyTheEdgeSays() {
    Event.Builder event = Event.newBuilder().addChannels("a");

    assertThat(publish(ann, event.clone().setTime(Timestamp.getDefaultInstance())))
        .isEqualTo(new PublishResult.Invalid(Reason.REASON_BAD_FIELD, "time is set by the edge"));
    for (String name : List.of("tailrace-sender", "Tailrace-Sender", "tailracesender")) {
      clock.advance(Duration.ofSeconds(1));
      assertThat(publish(ann, event.clone().putAttributes(name, "bob")))
          .isEqualTo(
              new PublishResult.Invalid(
                  Reason.REASON_BAD_FIELD,
                  "attributes that begin with tailrace are set by the edge"));
    }
    assertThat(publish(ann, event.clone().putAttributes("sender", "bob")))
        .isInstanceOf(PublishResult.Acknowledged.class);
  }

  @Test
  void shouldPublishNoMoreThanTheRateOfAUser() {
    for (int i = 0; i < 3; i++) {
      assertThat(publish("a")).isInstanceOf(PublishResult.Acknowledged.class);
    }

    assertThat(publish("a"))
        .isEqualTo(
            new PublishResult.Refused(
                PublishResult.RefusalReason.RATE_LIMITED,
                "more than 10 events a second, and 3 at once: this one was not written",
                Duration.ofMillis(100)));
    assertThat(metrics.scrape())
        .contains("tailrace_edge_publish_refused_total{reason=\"rate_limited\"} 1.0");
    clock.advance(Duration.ofMillis(100));
    assertThat(publish("a")).isInstanceOf(PublishResult.Acknowledged.class);
  }

  /** Or anybody could keep a service from publishing whose token has neither user nor id. */
  @Test
  void shouldNotCountThoseWithoutATokenAmongThoseWithOne() {
    Identity nobody =
        new Identity(null, true, SubscribeGrants.NONE, PublishGrants.NONE, null, null, null);
    Identity service =
        new Identity(null, false, SubscribeGrants.NONE, PublishGrants.ALL, null, null, null);
    for (int i = 0; i < 10; i++) {
      assertThat(publish(nobody, "a")).isNotInstanceOf(PublishResult.Acknowledged.class);
    }

    assertThat(publish(service, "a")).isInstanceOf(PublishResult.Acknowledged.class);
  }

  @Test
  void shouldCountAllTokensOfAUserTogetherAndOthersByTheirId() {
    for (String token : List.of("1", "2", "3")) {
      assertThat(publish(identity("bob", token), "a"))
          .isInstanceOf(PublishResult.Acknowledged.class);
    }
    assertThat(publish(identity("bob", "4"), "a")).isInstanceOf(PublishResult.Refused.class);

    for (int i = 0; i < 3; i++) {
      publish(identity(null, "service"), "a");
      publish(identity(null, null), "a");
    }

    assertThat(publish(identity(null, "service"), "a")).isInstanceOf(PublishResult.Refused.class);
    assertThat(publish(identity(null, null), "a")).isInstanceOf(PublishResult.Refused.class);
    assertThat(publish(identity(null, "another"), "a"))
        .isInstanceOf(PublishResult.Acknowledged.class);
    assertThat(publish("a")).isInstanceOf(PublishResult.Acknowledged.class);
  }

  private static Identity identity(String user, String tokenId) {
    return new Identity(user, false, SubscribeGrants.NONE, PublishGrants.ALL, null, null, tokenId);
  }

  private PublishResult publish(String channel) {
    return publish(ann, channel);
  }

  private PublishResult publish(Identity publishing, String channel) {
    return publish(publishing, Event.newBuilder().addChannels(channel));
  }

  private PublishResult publish(Identity publishing, Event.Builder event) {
    return publisher
        .offer(publishing, event)
        .toCompletableFuture()
        .orTimeout(10, TimeUnit.SECONDS)
        .join();
  }
}
