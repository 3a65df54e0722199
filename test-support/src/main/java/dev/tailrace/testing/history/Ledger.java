package dev.tailrace.testing.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What producers sent, as it is to be held against clients: for each address one sequence for each
 * order that is promised. An event without a place is a sequence of its own.
 *
 * <p>Threading: immutable.
 */
final class Ledger {
  /** Where an event is among the sequences of an address. */
  record Spot(int sequence, int index) {}

  private final Map<String, SentEvent> byId;
  private final Map<Address, List<List<SentEvent>>> sequences = new HashMap<>();
  private final Map<Address, Map<String, Spot>> spots = new HashMap<>();

  Ledger(Map<String, SentEvent> sent) {
    byId = Map.copyOf(sent);
    Map<Address, Map<String, List<SentEvent>>> placed = new HashMap<>();
    for (SentEvent event : byId.values()) {
      Place place = event.place();
      for (Address address : event.addresses()) {
        if (place == null) {
          add(address, List.of(event));
        } else {
          placed
              .computeIfAbsent(address, a -> new HashMap<>())
              .computeIfAbsent(place.source(), s -> new ArrayList<>())
              .add(event);
        }
      }
    }
    placed.forEach(
        (address, bySource) ->
            bySource
                .values()
                .forEach(
                    events -> {
                      events.sort(Comparator.comparingLong(Ledger::offset));
                      add(address, events);
                    }));
  }

  private static long offset(SentEvent event) {
    return Objects.requireNonNull(event.place()).offset();
  }

  private void add(Address address, List<SentEvent> sequence) {
    List<List<SentEvent>> there = sequences.computeIfAbsent(address, a -> new ArrayList<>());
    Map<String, Spot> spotsThere = spots.computeIfAbsent(address, a -> new HashMap<>());
    for (int i = 0; i < sequence.size(); i++) {
      spotsThere.put(sequence.get(i).id(), new Spot(there.size(), i));
    }
    there.add(sequence);
  }

  @Nullable SentEvent event(String id) {
    return byId.get(id);
  }

  List<List<SentEvent>> sequences(Address address) {
    return sequences.getOrDefault(address, List.of());
  }

  /** Where what was sent to this address is among its sequences, by id. */
  Map<String, Spot> spots(Address address) {
    return spots.getOrDefault(address, Map.of());
  }
}
