package dev.tailrace.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A connection to Tailrace that lasts until {@link #close}: by the best transport that works here,
 * and by another one when that does not any more.
 *
 * <pre>{@code
 * Tailrace tailrace = Tailrace.connect("https://events.example.com", TailraceOptions.builder().token(this::fetchToken).build());
 * tailrace.subscribe("scores", event -> show(event.data()));
 * }</pre>
 *
 * <p>Threading: methods may be called on any thread and do not block. Listeners are called, and
 * futures completed, on the client's one thread: who waits there for a future waits for ever.
 */
public final class Tailrace implements AutoCloseable {
  private static final Pattern CHANNEL = Pattern.compile("[A-Za-z0-9_.:/-]{1,200}|\\$broadcast");

  private final Client client;

  private Tailrace(Client client) {
    this.client = client;
  }

  /**
   * Connects without a token.
   *
   * @throws TailraceException {@code bad_origin}
   */
  public static Tailrace connect(String origin) {
    return connect(origin, TailraceOptions.builder().build());
  }

  /**
   * Connects. Being offline is no error: the state says so, and it goes on.
   *
   * @param origin such as {@code https://events.example.com}
   * @throws TailraceException {@code bad_origin}
   */
  public static Tailrace connect(String origin, TailraceOptions options) {
    Client client = new Client(Http.origin(origin), options);
    client.execute(client::start);
    return new Tailrace(client);
  }

  /** Follows a channel from the present on; see the longer form. */
  public Subscription subscribe(String channel, EventListener listener) {
    return subscribe(channel, listener, SubscribeOptions.defaults());
  }

  /**
   * Follows a channel, also before there is a connection. What is refused later, such as {@code
   * not_granted} or {@code too_many_subscriptions}, is told to the listeners of errors.
   *
   * @throws TailraceException {@code bad_channel}
   */
  public Subscription subscribe(String channel, EventListener listener, SubscribeOptions options) {
    if (!CHANNEL.matcher(channel).matches()) {
      throw TailraceException.of(
              "bad_channel", "a channel is 1-200 bytes of A-Za-z0-9_.:/-, or $broadcast")
          .channel(channel)
          .isFinal(true)
          .build();
    }
    return follow(channel, listener, options);
  }

  /** Follows the events of the token's user. */
  public Subscription personal(EventListener listener) {
    return personal(listener, SubscribeOptions.defaults());
  }

  /** Follows the events of the token's user. */
  public Subscription personal(EventListener listener, SubscribeOptions options) {
    return follow(Positions.OWN, listener, options);
  }

  private Subscription follow(String address, EventListener listener, SubscribeOptions options) {
    Subscription one = new Subscription(client, address, listener, options);
    if (client.state() == State.CLOSED) {
      one.end(Requests.closed());
    } else {
      client.execute(() -> client.add(one));
    }
    return one;
  }

  /**
   * Publishes an event.
   *
   * @return its id, once Kafka has it; or a {@link TailraceException}. After {@code timeout} and
   *     {@code cut} it may have been written
   */
  public CompletableFuture<String> publish(Publication event) {
    CompletableFuture<String> id = new CompletableFuture<>();
    if (!client.requests().isRefused(id)) {
      client.execute(() -> new Publishing(client, event, id).start());
    }
    return id;
  }

  /**
   * A page of the past of a channel, or with null of the user's own.
   *
   * @return the page, or a {@link TailraceException}
   */
  public CompletableFuture<Page> history(@Nullable String channel, HistoryOptions options) {
    CompletableFuture<Page> answer = new CompletableFuture<>();
    if (client.requests().isRefused(answer)) {
      return answer;
    }
    client.execute(
        () ->
            client
                .requests()
                .history(
                    channel == null ? Positions.OWN : channel,
                    options,
                    (page, fault) -> {
                      if (page == null) {
                        answer.completeExceptionally(asOurs(fault));
                      } else {
                        answer.complete(page);
                      }
                    }));
    return answer;
  }

  static TailraceException asOurs(@Nullable Throwable fault) {
    Throwable cause = fault instanceof CompletionException ? fault.getCause() : fault;
    if (cause instanceof TailraceException ours) {
      return ours;
    }
    return Http.malformed(
        cause instanceof RuntimeException other ? other : new IllegalStateException(cause));
  }

  /** What it is doing now. */
  public State state() {
    return client.state();
  }

  /** The way of the connection that there is, or is tried. */
  public Transport transport() {
    return client.transport();
  }

  /** Where all subscriptions are, for a later client; null before the first connection. */
  public @Nullable String cursor() {
    return client.feed().cursor();
  }

  /** Holds no connection until {@link #wake}. Nothing is lost by it that the server still has. */
  public void sleep() {
    client.execute(client::sleep);
  }

  /**
   * Connects again, if it sleeps; at once, if it waits, though the server may have asked for that:
   * call it because a person wants to see something.
   */
  public void wake() {
    client.execute(client::wake);
  }

  /**
   * Makes another connection at once: this one may be of a network that is gone. While it sleeps it
   * sleeps on, and where the server said when to come back it waits for that: what tells of
   * networks may call it as often as it likes.
   */
  public void reconnect() {
    client.execute(client::reconnect);
  }

  /** Ends for good. Listeners are told the state, and then nothing more. */
  @Override
  public void close() {
    client.execute(() -> client.close(null));
  }

  Client client() {
    return client;
  }
}
