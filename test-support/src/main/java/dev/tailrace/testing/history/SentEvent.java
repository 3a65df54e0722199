package dev.tailrace.testing.history;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An event that a producer sent.
 *
 * @param atStep when the producer set about sending it
 * @param acknowledged whether Kafka said that it has it
 * @param place where it is; null when that is not known
 */
record SentEvent(
    String id, Set<Address> addresses, long atStep, boolean acknowledged, @Nullable Place place) {
  SentEvent acknowledged(@Nullable Place where) {
    return new SentEvent(id, addresses, atStep, true, where);
  }
}
