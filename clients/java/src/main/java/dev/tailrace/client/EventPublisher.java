package dev.tailrace.client;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * A channel, or the user's own events, as a {@link Flow.Publisher}. Each subscriber follows it by a
 * subscription of its own. Events that are not asked for yet are kept, 10,000 at most; then the
 * subscriber is told {@code too_slow}.
 *
 * <p>This class alone needs {@link Flow}, which Android has from version 11 (API 30) on: before
 * that, use listeners.
 *
 * <p>Threading: any thread subscribes, requests and cancels; subscribers are called on the client's
 * thread. Who subscribes when the client is closed is told so on his own.
 */
@SinceAndroid11
public final class EventPublisher implements Flow.Publisher<Event> {
  private final Tailrace tailrace;
  private final String address;
  private final SubscribeOptions options;

  private EventPublisher(Tailrace tailrace, String address, SubscribeOptions options) {
    this.tailrace = tailrace;
    this.address = address;
    this.options = options;
  }

  /** Of a channel. Its subscribers are told what {@link Tailrace#subscribe} throws. */
  public static EventPublisher of(Tailrace tailrace, String channel, SubscribeOptions options) {
    return new EventPublisher(tailrace, channel, options);
  }

  /** Of the user's own events. */
  public static EventPublisher personal(Tailrace tailrace, SubscribeOptions options) {
    return new EventPublisher(tailrace, Positions.OWN, options);
  }

  @Override
  public void subscribe(Flow.Subscriber<? super Event> subscriber) {
    if (tailrace.state() == State.CLOSED) {
      new Refusal(subscriber).tell(); // the client's thread may be gone
    } else {
      tailrace.client().execute(new Demand(subscriber)::start);
    }
  }

  /** Of who subscribes when the client is closed. All on his thread: nothing else ends it. */
  @SinceAndroid11
  private final class Refusal implements Flow.Subscription {
    private final Flow.Subscriber<? super Event> subscriber;
    private volatile boolean cancelled; // he may hand it to another thread

    private Refusal(Flow.Subscriber<? super Event> subscriber) {
      this.subscriber = subscriber;
    }

    private void tell() {
      tailrace.client().safely(() -> subscriber.onSubscribe(this));
      if (!cancelled) {
        tailrace.client().safely(() -> subscriber.onError(Requests.closed()));
      }
    }

    @Override
    public void request(long n) {
      // There is nothing to give.
    }

    @Override
    public void cancel() {
      cancelled = true;
    }
  }

  @SinceAndroid11
  private final class Demand implements Flow.Subscription {
    private final Flow.Subscriber<? super Event> subscriber;
    private final Queue<Event> waiting = new ArrayDeque<>();
    private @Nullable Subscription subscription;
    private long wanted;
    private boolean ended;

    private Demand(Flow.Subscriber<? super Event> subscriber) {
      this.subscriber = subscriber;
    }

    private void start() {
      tailrace.client().safely(() -> subscriber.onSubscribe(this));
      if (ended) {
        return;
      }
      SubscribeOptions own = options.telling(this::fail, this::complete);
      try {
        subscription =
            address.isEmpty()
                ? tailrace.personal(this::take, own)
                : tailrace.subscribe(address, this::take, own);
        TailraceException refusal = subscription.error();
        if (refusal != null) {
          fail(refusal); // the client was closed meanwhile
        }
      } catch (TailraceException e) {
        fail(e);
      }
    }

    private void take(Event event) {
      if (waiting.size() == Subscription.MOST_WAITING) {
        fail(
            TailraceException.of("too_slow", "10,000 events wait: request more of them")
                .channel(event.channel())
                .build());
      } else if (!ended) {
        waiting.add(event);
        give();
      }
    }

    private void give() {
      while (wanted > 0 && !ended && !waiting.isEmpty()) {
        wanted -= wanted == Long.MAX_VALUE ? 0 : 1;
        Event event = waiting.remove();
        tailrace.client().safely(() -> subscriber.onNext(event));
      }
    }

    private void fail(TailraceException why) {
      if (end()) {
        tailrace.client().safely(() -> subscriber.onError(why));
      }
    }

    private void complete() {
      if (end()) {
        tailrace.client().safely(subscriber::onComplete);
      }
    }

    private boolean end() {
      boolean was = ended;
      ended = true;
      waiting.clear();
      if (subscription != null) {
        subscription.unsubscribe();
      }
      return !was;
    }

    @Override
    public void request(long n) {
      tailrace
          .client()
          .execute(
              () -> {
                if (n <= 0) {
                  failWith(new IllegalArgumentException("request of " + n + ": ask for 1 or more"));
                  return;
                }
                wanted = wanted + n < 0 ? Long.MAX_VALUE : wanted + n;
                give();
              });
    }

    private void failWith(IllegalArgumentException fault) {
      if (end()) {
        tailrace.client().safely(() -> subscriber.onError(fault));
      }
    }

    @Override
    public void cancel() {
      tailrace
          .client()
          .execute(
              () -> {
                boolean unused = end();
              });
    }
  }
}
