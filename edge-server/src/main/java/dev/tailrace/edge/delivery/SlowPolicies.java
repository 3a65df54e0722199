package dev.tailrace.edge.delivery;

import dev.tailrace.edge.connection.SlowPolicy;
import dev.tailrace.schemas.Channels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which policy holds for slow subscribers of which channels: {@code pattern=policy}, separated by
 * commas, the first pattern that covers a channel decides. Channels that none covers, and personal
 * events, are replayed.
 *
 * <p>Threading: immutable.
 */
public final class SlowPolicies {
  /** Everything is replayed. */
  public static final SlowPolicies NONE = new SlowPolicies(List.of());

  private record Rule(String beginning, boolean exact, SlowPolicy policy) {
    boolean covers(String channel) {
      return exact ? channel.equals(beginning) : channel.startsWith(beginning);
    }
  }

  private final List<Rule> rules;

  private SlowPolicies(List<Rule> rules) {
    this.rules = List.copyOf(rules);
  }

  /**
   * Reads them from text such as {@code prices.*=conflate,chat=skip}.
   *
   * @throws IllegalArgumentException naming the entry that is none
   */
  public static SlowPolicies parse(String text) {
    List<Rule> rules = new ArrayList<>();
    for (String entry : text.split(",", -1)) {
      if (!entry.isBlank()) {
        rules.add(rule(entry.trim()));
      }
    }
    return new SlowPolicies(rules);
  }

  private static Rule rule(String entry) {
    int sign = entry.indexOf('=');
    String pattern = sign < 0 ? "" : entry.substring(0, sign).trim();
    String word = entry.substring(sign + 1).trim();
    boolean exact = !pattern.endsWith("*");
    String beginning = exact ? pattern : pattern.substring(0, pattern.length() - 1);
    if (!pattern.equals("*") && !Channels.isChannel(beginning)) {
      throw bad(entry);
    }
    return Arrays.stream(SlowPolicy.values())
        .filter(policy -> policy.text().equals(word))
        .findFirst()
        .map(policy -> new Rule(beginning, exact, policy))
        .orElseThrow(() -> bad(entry));
  }

  private static IllegalArgumentException bad(String entry) {
    return new IllegalArgumentException(
        "has '%s', which is not a channel (or a beginning and *), =, and one of %s"
            .formatted(
                entry,
                String.join(
                    ", ", Arrays.stream(SlowPolicy.values()).map(SlowPolicy::text).toList())));
  }

  /**
   * The policy of a reader of these channels: the one that leaves out least, so that no channel
   * loses anything by another's policy.
   */
  SlowPolicy of(Collection<String> channels) {
    return channels.stream().map(this::of).min(SlowPolicy::compareTo).orElse(SlowPolicy.REPLAY);
  }

  /** The same, as terms; null when they are simply replayed. */
  @Nullable ReaderTerms terms(Collection<String> channels) {
    SlowPolicy policy = of(channels);
    return policy == SlowPolicy.REPLAY ? null : ReaderTerms.of(policy);
  }

  private SlowPolicy of(String channel) {
    for (Rule rule : rules) {
      if (rule.covers(channel)) {
        return rule.policy();
      }
    }
    return SlowPolicy.REPLAY;
  }
}
