package dev.tailrace.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.support.config.Settings;
import dev.tailrace.testing.LaneFold;
import dev.tailrace.v1.Event;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/** What the dispatcher's integration tests share. */
final class DispatcherTesting {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private DispatcherTesting() {}

  /** A dispatcher for one broker with few partitions. */
  static Map<String, String> settings(String bootstrapServers) {
    Map<String, String> settings = new HashMap<>();
    settings.put("kafka.bootstrap.servers", bootstrapServers);
    settings.put("dev", "true");
    settings.put("dispatcher.operator.port", "0");
    settings.put("dispatcher.session.timeout", "6s"); // a machine that is slow expels nobody
    settings.put("topics.ingress.partitions", "3");
    settings.put("topics.users.partitions", "2");
    settings.put("topics.channels.partitions", "3");
    return settings;
  }

  static Settings settings(String bootstrapServers, Map<String, String> overrides) {
    Map<String, String> settings = settings(bootstrapServers);
    settings.putAll(overrides);
    return Settings.of(settings);
  }

  static Dispatcher startReady(Settings settings) {
    Dispatcher dispatcher = Dispatcher.start(settings);
    awaitReady(dispatcher);
    return dispatcher;
  }

  static void awaitReady(Dispatcher dispatcher) {
    Awaitility.await().atMost(PATIENCE).until(dispatcher::isReady);
  }

  /** Waits until every event has arrived, then asserts that each did once, in order. */
  static LaneFold awaitWhole(String bootstrapServers, Ingress ingress) {
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .untilAsserted(
            () -> {
              LaneFold fold = LaneFold.read(bootstrapServers);
              for (String name : ingress.names()) {
                assertThat(fold.channel(name).size())
                    .as(name)
                    .isEqualTo(ingress.sentTo(name).size());
              }
            });
    LaneFold fold = LaneFold.read(bootstrapServers);
    assertWhole(fold, ingress);
    return fold;
  }

  static void assertWhole(LaneFold fold, Ingress ingress) {
    for (String name : ingress.names()) {
      List<String> sent = ingress.sentTo(name);
      assertSame("channel " + name, fold.channel(name), sent);
      assertSame("user of " + name, fold.user("user-of-" + name), sent);
    }
  }

  /** As an assertion on the lists would, but in one line instead of thousands. */
  private static void assertSame(String what, List<Event> got, List<String> sent) {
    List<String> ids = got.stream().map(Event::getId).toList();
    for (int i = 0; i < Math.max(ids.size(), sent.size()); i++) {
      String expected = i < sent.size() ? sent.get(i) : "nothing";
      String actual = i < ids.size() ? ids.get(i) : "nothing";
      assertThat(actual).as("event %d for %s", i, what).isEqualTo(expected);
    }
  }
}
