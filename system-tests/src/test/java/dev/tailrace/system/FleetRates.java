package dev.tailrace.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/**
 * What a console shows of two edges, with five followers each of one channel, and a dispatcher,
 * while events come at a steady pace.
 *
 * <p>Threading: one test thread.
 */
final class FleetRates {
  /** Between two events. */
  static final Duration PACE = Duration.ofMillis(100);

  private static final double EVENTS_PER_S = 10;
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  /**
   * Rates are of two seconds, and so of twenty events: one more or less lies within them, and one
   * may be under way when they are counted.
   */
  private static final double TOLERANCE = 2 / 20.0;

  /** Of the ten seconds in which addresses are counted the first and the last are not whole. */
  private static final double TOLERANCE_OF_HOT = 2 / 10.0;

  private FleetRates() {}

  /**
   * Waits until each rate is shown: a pause of this machine puts some windows wrong, and none that
   * come after it.
   */
  static void compare(Supplier<JsonNode> shown, String channel) {
    awaitRate(shown, "/totals/published_per_s", 1, TOLERANCE);
    awaitRate(shown, "/totals/ingress_per_s", 1, TOLERANCE);
    awaitRate(shown, "/totals/records_per_s", 2, TOLERANCE);
    awaitRate(shown, "/totals/deliveries_per_s", 10, TOLERANCE);
    awaitRate(shown, "/edges/0/deliveries_per_s", 5, TOLERANCE);
    awaitRate(shown, "/edges/1/deliveries_per_s", 5, TOLERANCE);
    awaitRate(shown, "/dispatchers/0/records_per_s", 1, TOLERANCE);
    awaitRate(shown, "/dispatchers/0/deliveries_per_s", 1, TOLERANCE);
    awaitRate(shown, "/hot/0/per_s", 10, TOLERANCE_OF_HOT);
    assertThat(shown.get().at("/hot/0/address").asString()).isEqualTo(channel);
  }

  private static void awaitRate(
      Supplier<JsonNode> shown, String pointer, int ofEach, double tolerance) {
    double rate = ofEach * EVENTS_PER_S;
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(shown.get().at(pointer).asDouble(-1))
                    .as(pointer)
                    .isCloseTo(rate, within(rate * tolerance)));
  }
}
