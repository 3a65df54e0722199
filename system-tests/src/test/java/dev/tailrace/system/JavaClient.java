package dev.tailrace.system;

import static org.awaitility.Awaitility.await;

import dev.tailrace.client.Event;
import dev.tailrace.client.Gap;
import dev.tailrace.client.State;
import dev.tailrace.client.StateChange;
import dev.tailrace.client.Tailrace;
import dev.tailrace.client.TailraceException;
import dev.tailrace.client.TailraceOptions;
import dev.tailrace.client.Transport;
import dev.tailrace.testing.history.Address;
import dev.tailrace.testing.history.ClientLog;
import dev.tailrace.testing.history.ToldGap;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * {@code clients/java}, what it was told, and a history's log of what came.
 *
 * <p>Threading: one test thread; the client's own logs.
 */
final class JavaClient implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final ClientLog log;
  private final String user;
  private final List<String> channels;
  private final List<StateChange> states = new CopyOnWriteArrayList<>();
  private final List<TailraceException> errors = new CopyOnWriteArrayList<>();
  private final Tailrace tailrace;
  private int lives;

  /** It follows these and the user's own, and is live. */
  JavaClient(
      ClientLog log,
      String origin,
      TailraceOptions.Builder options,
      String user,
      List<String> channels) {
    this.log = log;
    this.user = user;
    this.channels = channels;
    log.asked(Address.user(user));
    channels.forEach(channel -> log.asked(Address.channel(channel)));
    tailrace =
        Tailrace.connect(
            origin,
            options.user(user).onState(states::add).onGap(this::told).onError(errors::add).build());
    tailrace.personal(this::saw);
    channels.forEach(channel -> tailrace.subscribe(channel, this::saw));
  }

  private void saw(Event event) {
    String channel = event.channel();
    log.saw(channel == null ? Address.user(user) : Address.channel(channel), event.id());
  }

  private void told(Gap gap) {
    log.told(new ToldGap(gap.channels(), gap.reason(), gap.isApproximate()));
  }

  /** All that is sent from now on has to come: something has come of each. */
  void began() {
    log.began(Address.user(user));
    channels.forEach(channel -> log.began(Address.channel(channel)));
  }

  /** Waits until it is live by this transport, by another connection than before, with events. */
  void awaitNews(Transport transport) {
    await("live by " + transport)
        .atMost(PATIENCE)
        .until(() -> livedBy().stream().skip(lives).anyMatch(transport::equals));
    lives = livedBy().size();
    long seen = log.seen();
    await("news by " + transport).atMost(PATIENCE).until(() -> log.seen() > seen + 20);
  }

  /** Waits until it is live no more. */
  void awaitTrouble() {
    await("trouble").atMost(PATIENCE).until(() -> tailrace.state() != State.LIVE);
  }

  Tailrace tailrace() {
    return tailrace;
  }

  /** The transports it was live by, in turn. */
  List<Transport> livedBy() {
    return states.stream()
        .filter(change -> change.state() == State.LIVE)
        .map(StateChange::transport)
        .toList();
  }

  /** The codes of what it was told went wrong. */
  List<String> errors() {
    return errors.stream().map(TailraceException::code).distinct().toList();
  }

  @Override
  public void close() {
    tailrace.close();
  }
}
