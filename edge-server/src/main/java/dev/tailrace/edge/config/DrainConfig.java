package dev.tailrace.edge.config;

import dev.tailrace.support.config.Setting;
import dev.tailrace.support.config.Settings;
import java.time.Duration;
import java.util.List;

/**
 * How an edge that stops lets its connections go.
 *
 * @param delay from when it says that it is not ready until it ends the first
 * @param window over which it ends them; zero ends all at once
 */
public record DrainConfig(Duration delay, Duration window) {
  /** What the last ones have to close in. */
  public static final Duration GRACE = Duration.ofSeconds(5);

  private static final Setting<Duration> DELAY =
      Setting.duration(
          "edge.drain.delay",
          "5s",
          "After SIGTERM: how long /readyz says no before connections are ended, so that load"
              + " balancers send nobody new");
  private static final Setting<Duration> WINDOW =
      Setting.duration(
          "edge.drain.window",
          "30s",
          "Over which the connections are ended then, evenly, so that they do not all come to the"
              + " others at once; 0s, as with dev: no drain, all at once");

  /** All of them. */
  public static final List<Setting<?>> SETTINGS = List.of(DELAY, WINDOW);

  /** The longest that a drain takes. */
  public Duration longest() {
    return window.isZero() ? Duration.ZERO : delay.plus(window).plus(GRACE);
  }

  /** Those of a configuration. */
  static DrainConfig from(Settings settings, boolean development) {
    boolean atOnce = development && !settings.has(WINDOW);
    return new DrainConfig(settings.get(DELAY), atOnce ? Duration.ZERO : settings.get(WINDOW));
  }
}
