package dev.tailrace.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.system.Follower.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/**
 * One follower of a channel by each transport.
 *
 * <p>Threading: one test thread.
 */
final class Followers implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private final Map<Transport, Follower> byTransport = new EnumMap<>(Transport.class);

  /** Connects them, each from its cursor or else from the present, and waits until all are open. */
  static Followers open(String baseUrl, String channel, Map<Transport, String> cursors)
      throws Exception {
    return open(baseUrl, channel, cursors, Follower.WAIT);
  }

  /** The same, with polls that wait for so long. */
  static Followers open(
      String baseUrl, String channel, Map<Transport, String> cursors, Duration wait)
      throws Exception {
    Followers followers = new Followers();
    for (Transport transport : Transport.values()) {
      followers.byTransport.put(
          transport,
          Follower.open(transport, baseUrl, channel, cursors.getOrDefault(transport, ""), wait));
    }
    followers.byTransport.forEach(
        (transport, follower) ->
            Awaitility.await(transport + " is open").atMost(PATIENCE).until(follower::isOpen));
    return followers;
  }

  /** Waits until each has at least so many events. */
  void await(int count) {
    byTransport.forEach(
        (transport, follower) ->
            Awaitility.await(transport + " has " + count)
                .atMost(PATIENCE)
                .untilAsserted(
                    () ->
                        assertThat(follower.ids())
                            .as("gaps: %s", follower.gaps())
                            .hasSizeGreaterThanOrEqualTo(count)));
  }

  List<String> ids(Transport transport) {
    return byTransport.get(transport).ids();
  }

  /** What one of them was told, in order: see {@link Follower#story}. */
  List<String> story(Transport transport) {
    return byTransport.get(transport).story();
  }

  List<String> gaps() {
    return byTransport.values().stream().flatMap(follower -> follower.gaps().stream()).toList();
  }

  /** Cuts them, keeping where they were and what they got. */
  void leave(Map<Transport, String> cursors, Map<Transport, List<String>> received) {
    close();
    byTransport.forEach(
        (transport, follower) -> {
          cursors.put(transport, follower.cursor());
          received.computeIfAbsent(transport, t -> new ArrayList<>()).addAll(follower.ids());
        });
  }

  @Override
  public void close() {
    byTransport.values().forEach(Follower::close);
  }
}
