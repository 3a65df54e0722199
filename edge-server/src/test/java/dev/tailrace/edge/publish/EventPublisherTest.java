package dev.tailrace.edge.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.auth.Identity;
import dev.tailrace.edge.auth.PublishGrants;
import dev.tailrace.edge.auth.SubscribeGrants;
import dev.tailrace.edge.control.Revocations;
import dev.tailrace.edge.control.Revoked;
import dev.tailrace.edge.metrics.EdgeMetrics;
import dev.tailrace.schemas.EventLimits;
import dev.tailrace.v1.Event;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
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
  private final PublishProducer producer =
      PublishProducer.start(
          new PublishConfig("in", Duration.ofSeconds(10), 10, 10_000),
          metrics.publish(),
          InstantSource.system(),
          () ->
              new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer()),
          (thread, error) -> {});
  private final EventPublisher publisher =
      new EventPublisher(producer, EventLimits.DEFAULT, () -> "made up");
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

  private PublishResult publish(String channel) {
    return publisher
        .offer(ann, Event.newBuilder().addChannels(channel))
        .toCompletableFuture()
        .orTimeout(10, TimeUnit.SECONDS)
        .join();
  }
}
