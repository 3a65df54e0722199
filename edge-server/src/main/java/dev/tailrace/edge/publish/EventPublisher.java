package dev.tailrace.edge.publish;

import com.google.protobuf.Timestamp;
import dev.tailrace.edge.auth.Identity;
import dev.tailrace.edge.auth.PublishGrants;
import dev.tailrace.edge.publish.PublishResult.Forbidden;
import dev.tailrace.edge.publish.PublishResult.Invalid;
import dev.tailrace.edge.publish.PublishResult.Revoked;
import dev.tailrace.schemas.EventLimits;
import dev.tailrace.schemas.EventRules;
import dev.tailrace.v1.DeadLetter.Reason;
import dev.tailrace.v1.Event;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The way of every published event, whatever it came by: whether the publisher's token still
 * stands, how often he may, what only the edge says, the rules of events, his grants, then Kafka.
 * Here an event gets its time and the name of who published it, and an id when it has none.
 *
 * <p>Threading: any thread; never blocks. A stage may be completed by Kafka's thread: go on
 * elsewhere.
 */
public final class EventPublisher {
  /** The attribute that names the user who published an event. */
  static final String SENDER = "tailrace-sender";

  private static final String RESERVED = "tailrace";

  private final PublishProducer producer;
  private final PublishRate rate;
  private final EventLimits limits;
  private final Supplier<String> ids;
  private final InstantSource clock;

  /**
   * In front of this producer.
   *
   * @param ids makes an id that nobody else makes
   */
  public EventPublisher(
      PublishProducer producer,
      PublishRate rate,
      EventLimits limits,
      Supplier<String> ids,
      InstantSource clock) {
    this.producer = producer;
    this.rate = rate;
    this.limits = limits;
    this.ids = ids;
    this.clock = clock;
  }

  /** Publishes in this identity's name, whose request may have been long on its way. */
  public CompletionStage<PublishResult> offer(Identity identity, Event.Builder event) {
    return offer(identity, event, PublishTrace.NONE);
  }

  /** The same, of an event that may belong to a trace. */
  public CompletionStage<PublishResult> offer(
      Identity identity, Event.Builder event, PublishTrace trace) {
    if (identity.isRevoked()) {
      return CompletableFuture.completedStage(new Revoked());
    }
    PublishResult.Refused tooOften = rate.refusal(identity);
    if (tooOften != null) {
      return CompletableFuture.completedStage(tooOften);
    }
    String presumed = presumed(event);
    if (presumed != null) {
      return CompletableFuture.completedStage(new Invalid(Reason.REASON_BAD_FIELD, presumed));
    }
    Event whole = complete(event, identity);
    EventRules.Violation violation = EventRules.check(whole, limits);
    if (violation != null) {
      return CompletableFuture.completedStage(new Invalid(violation.reason(), violation.detail()));
    }
    String forbidden = forbidden(whole, identity);
    if (forbidden != null) {
      return CompletableFuture.completedStage(new Forbidden(forbidden));
    }
    return producer.offer(whole, trace);
  }

  /** What the event says that only the edge may say; null when it says nothing of the kind. */
  private static @Nullable String presumed(Event.Builder event) {
    if (event.hasTime()) {
      return "time is set by the edge";
    }
    for (String name : event.getAttributesMap().keySet()) {
      if (name.regionMatches(true, 0, RESERVED, 0, RESERVED.length())) {
        return "attributes that begin with tailrace are set by the edge";
      }
    }
    return null;
  }

  private Event complete(Event.Builder event, Identity publisher) {
    if (event.getId().isEmpty()) {
      event.setId(ids.get());
    }
    Instant now = clock.instant();
    event.setTime(Timestamp.newBuilder().setSeconds(now.getEpochSecond()).setNanos(now.getNano()));
    String user = publisher.user();
    if (user != null) {
      event.putAttributes(SENDER, user);
    }
    return event.build();
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
