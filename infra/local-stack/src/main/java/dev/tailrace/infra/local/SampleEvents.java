package dev.tailrace.infra.local;

import com.google.protobuf.ByteString;
import dev.tailrace.v1.Event;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * A match, three share prices, a conversation, and now and then a word for user 42.
 *
 * <p>Threading: not thread-safe.
 */
final class SampleEvents {
  private static final List<String> TICKERS = List.of("ACME", "GLOBEX", "INITECH");
  private static final List<String> PEOPLE = List.of("ada", "grace", "linus", "margaret");
  private static final List<String> REMARKS =
      List.of(
          "did you see that?",
          "what a save",
          "back in five minutes",
          "my train had no signal, and I still missed nothing",
          "who is buying lunch?");

  private final RandomGenerator random;
  private final double[] prices = {101.0, 47.5, 12.25};
  private int home;
  private int away;
  private int minute;
  private int turn;

  SampleEvents(RandomGenerator random) {
    this.random = random;
  }

  /** The next one. */
  Event next() {
    return switch (turn++ % 6) {
      case 0, 3 -> score();
      case 1, 4 -> price();
      case 2 -> remark();
      default -> notice();
    };
  }

  private Event score() {
    minute++;
    if (minute > 90) {
      minute = 1;
      home = 0;
      away = 0;
    }
    boolean goal = random.nextInt(4) == 0;
    if (goal && random.nextBoolean()) {
      home++;
    } else if (goal) {
      away++;
    }
    return onChannel(
        "scores",
        goal ? "goal" : "minute",
        "{\"match\":\"Rovers-United\",\"minute\":%d,\"home\":%d,\"away\":%d}"
            .formatted(minute, home, away));
  }

  private Event price() {
    int which = random.nextInt(TICKERS.size());
    prices[which] = Math.max(1.0, prices[which] * (1 + random.nextGaussian() / 200));
    return onChannel(
        "prices",
        "tick",
        String.format(
            Locale.ROOT, "{\"symbol\":\"%s\",\"price\":%.2f}", TICKERS.get(which), prices[which]));
  }

  private Event remark() {
    return onChannel(
        "chat",
        "remark",
        "{\"from\":\"%s\",\"text\":\"%s\"}"
            .formatted(
                PEOPLE.get(random.nextInt(PEOPLE.size())),
                REMARKS.get(random.nextInt(REMARKS.size()))));
  }

  private Event notice() {
    return event("notice", "{\"text\":\"Order %d has left us\"}".formatted(random.nextInt(9_000)))
        .addUsers("42")
        .build();
  }

  private Event onChannel(String channel, String type, String json) {
    return event(type, json).addChannels(channel).build();
  }

  private Event.Builder event(String type, String json) {
    return Event.newBuilder()
        .setId(new UUID(random.nextLong(), random.nextLong()).toString())
        .setType(type)
        .setContentType("application/json")
        .setData(ByteString.copyFromUtf8(json));
  }
}
