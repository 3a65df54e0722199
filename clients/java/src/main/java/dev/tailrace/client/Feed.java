package dev.tailrace.client;

import java.util.List;
import java.util.Set;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * What is followed, how far it has come, and who is told.
 *
 * <p>Threading: owned by the client's thread, but for {@link #cursor}, which any thread may ask.
 */
final class Feed {
  /** Of 16 KiB that an edge takes, with all that else is in a request. */
  private static final int REQUEST_BYTES = (16 << 10) - 2_048;

  private static final int CHANNEL_BYTES = "&channel=".length();

  private final Client client;
  private final Positions positions;
  private final Subscriptions subscriptions = new Subscriptions();

  Feed(Client client, @Nullable String cursor) {
    this.client = client;
    positions = new Positions(cursor);
  }

  /** From where nothing is missed; null if it has never been anywhere. */
  @Nullable String cursor() {
    return positions.oldest();
  }

  Subscriptions subscriptions() {
    return subscriptions;
  }

  List<String> channels() {
    return subscriptions.channels();
  }

  boolean follows(String address) {
    return subscriptions.has(address);
  }

  double rate(String channel) {
    return subscriptions.rate(List.of(channel));
  }

  /** Nobody follows this channel any more. */
  void forget(String channel) {
    positions.forget(channel);
  }

  void refuse(String channel, TailraceException why) {
    subscriptions.of(channel).forEach(one -> one.fail(why));
  }

  /** Whether it goes on without the channels that cannot be served. */
  boolean refusesSome(TailraceException error) {
    List<String> channels = channels();
    String channel = error.channel();
    if (channel != null && channels.contains(channel)) {
      refuse(channel, error);
      return true;
    }
    if (channels.isEmpty()) {
      return false;
    }
    int fit;
    switch (error.code()) {
      case "too_many_subscriptions" -> {
        // Or they lie on too many partitions, which says nothing of how many channels would do.
        int limit = error.limit() > 0 ? error.limit() : channels.size() * 9 / 10;
        fit = Math.min(limit, channels.size() - 1);
      }
      case "uri_too_long" -> fit = channels.size() / 2;
      default -> {
        return false;
      }
    }
    channels.subList(fit, channels.size()).forEach(one -> refuse(one, error));
    return true;
  }

  // What connections ask.

  /** Where an address begins on a WebSocket; null for the present. */
  @Nullable String positionOf(String address) {
    positions.split(channels());
    return positions.of(address);
  }

  /** What a request for a stream or a poll follows, and from where. */
  void query(Link asking, HttpUrl.Builder url) {
    if (asking.isTrial() && !asking.token().isEmpty()) {
      return;
    }
    String from = asking.isTrial() ? null : positions.forStream();
    List<String> channels = fitting(asking.token(), from);
    channels.forEach(channel -> url.addQueryParameter("channel", channel));
    if (asking.isTrial()) {
      return; // without a token nothing comes but what is asked for
    }
    channels.forEach(asking::asks);
    if (from != null) {
      url.addQueryParameter("cursor", from);
    }
    double rate = subscriptions.rate(channels);
    if (rate > 0) {
      url.addQueryParameter("max_rate", Double.toString(rate));
    }
  }

  /** Those that a request has room for; the others are refused then: its answer might not come. */
  private List<String> fitting(String token, @Nullable String cursor) {
    List<String> channels = channels();
    int room = REQUEST_BYTES - token.length() - (cursor == null ? 0 : cursor.length());
    int fit = 0;
    while (fit < channels.size() && room > 0) {
      String channel = channels.get(fit++);
      long escaped = channel.chars().filter(c -> c == ':' || c == '/').count();
      room -= CHANNEL_BYTES + channel.length() + 2 * (int) escaped;
    }
    List<String> late = channels.subList(fit, channels.size());
    TailraceException why =
        TailraceException.of(
                "uri_too_long",
                "a stream's or poll's request has no room for so many channels: follow fewer")
            .isFinal(true)
            .build();
    client.execute(() -> late.forEach(channel -> refuse(channel, why)));
    return channels.subList(0, fit);
  }

  // What connections tell.

  void onLive() {
    positions.begun();
  }

  void onFollowed(String address) {
    subscriptions.of(address).forEach(Subscription::start);
  }

  void onEvent(Link from, Event event) {
    String channel = event.channel();
    String address = channel == null ? Positions.OWN : channel;
    // On its way when it was unsubscribed from: a position of nobody's would hold the cursor back.
    boolean isKept = subscriptions.has(address) || !Subscriptions.isNamed(address);
    if (isKept && positions.isNew(event, from.isStream())) {
      subscriptions.of(address).forEach(one -> one.take(event));
    }
  }

  void onGap(Link from, Gap gap) {
    client.safely(() -> client.options().onGap.onGap(gap));
    if (gap.channels().isEmpty()) {
      positions.passGap(null, gap, from.isStream());
      subscriptions.of(Positions.OWN).forEach(one -> one.tell(gap));
    }
    for (String channel : gap.channels()) {
      if (subscriptions.has(channel) || !Subscriptions.isNamed(channel)) {
        positions.passGap(channel, gap, from.isStream());
      }
      subscriptions.of(channel).forEach(one -> one.tell(gap));
    }
  }

  void onWelcome(@Nullable String start) {
    if (start != null) {
      positions.begins(Positions.OWN, start);
    }
  }

  /**
   * A WebSocket confirms a channel.
   *
   * @param goesOn whether it was followed before, by other terms, and nothing was lost since
   * @return whether anybody follows it yet
   */
  boolean onSubscribed(String channel, String start, boolean goesOn) {
    if (!subscriptions.has(channel)) {
      return false;
    }
    if (goesOn) {
      positions.goesOn(channel, start);
    } else {
      positions.begins(channel, start);
    }
    return true;
  }

  void onHeartbeat(Set<String> follows, String heartbeat) {
    follows.forEach(address -> positions.raise(address, heartbeat));
  }

  void onStreamAt(String position) {
    positions.streamIsAt(position);
  }
}
