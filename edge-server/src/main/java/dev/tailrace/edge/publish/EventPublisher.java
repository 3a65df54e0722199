package dev.tailrace.edge.publish;

import dev.tailrace.edge.auth.Identity;
import dev.tailrace.edge.auth.PublishGrants;
import dev.tailrace.edge.publish.PublishResult.Forbidden;
import dev.tailrace.edge.publish.PublishResult.Invalid;
import dev.tailrace.edge.publish.PublishResult.Revoked;
import dev.tailrace.schemas.EventLimits;
import dev.tailrace.schemas.EventRules;
import dev.tailrace.v1.Event;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The way of every published event, whatever it came by: whether the publisher's token still
 * stands, how often he may, the rules of events, his grants, then Kafka. An event without an id
 * gets one here.
 *
 * <p>Threading: any thread; never blocks. A stage may be completed by Kafka's thread: go on
 * elsewhere.
 */
public final class EventPublisher {
  private final PublishProducer producer;
  private final PublishRate rate;
  private final EventLimits limits;
  private final Supplier<String> ids;

  /**
   * In front of this producer.
   *
   * @param ids makes an id that nobody else makes
   */
  public EventPublisher(
      PublishProducer producer, PublishRate rate, EventLimits limits, Supplier<String> ids) {
    this.producer = producer;
    this.rate = rate;
    this.limits = limits;
    this.ids = ids;
  }

  /** Publishes in this identity's name, whose request may have been long on its way. */
  public CompletionStage<PublishResult> offer(Identity identity, Event.Builder event) {
    if (identity.isRevoked()) {
      return CompletableFuture.completedStage(new Revoked());
    }
    PublishResult.Refused tooOften = rate.refusal(identity);
    if (tooOften != null) {
      return CompletableFuture.completedStage(tooOften);
    }
    if (event.getId().isEmpty()) {
      event.setId(ids.get());
    }
    Event whole = event.build();
    EventRules.Violation violation = EventRules.check(whole, limits);
    if (violation != null) {
      return CompletableFuture.completedStage(new Invalid(violation.reason(), violation.detail()));
    }
    String forbidden = forbidden(whole, identity);
    if (forbidden != null) {
      return CompletableFuture.completedStage(new Forbidden(forbidden));
    }
    return producer.offer(whole);
  }

  private static @Nullable String forbidden(Event event, Identity publisher) {
    for (String channel : event.getChannelsList()) {
      if (!publisher.mayPublish(channel)) {
        return channel;
      }
    }
    for (String user : event.getUsersList()) {
      if (!publisher.publish().allowsUser(user)) {
        return PublishGrants.userName(user);
      }
    }
    return null;
  }
}
