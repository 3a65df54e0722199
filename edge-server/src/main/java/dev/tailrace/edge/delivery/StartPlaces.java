package dev.tailrace.edge.delivery;

import dev.tailrace.edge.cursor.Cursor;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.schemas.SlotHash;
import dev.tailrace.schemas.SlotMaps;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Says in which partition the reading of addresses begins: where they lie now or, for what was
 * before, in one that they have left. {@link SlotMoves} brings them on from there.
 *
 * <p>Threading: the delivery agent.
 */
final class StartPlaces {
  /** An edge that is behind with the slot map is not so any longer. */
  static final long HEARD_MS = 60_000;

  /** No time is asked for. */
  static final long NO_TIME = -1;

  /** The times of records and of settlements are of different clocks. */
  static final long SKEW_MS = 10_000;

  /**
   * Where a reader begins.
   *
   * @param next where it goes on if it begins at its addresses' end in a partition that they have
   *     left; null when it begins as was asked for
   * @param end that end
   */
  record Place(LanePartition partition, @Nullable LanePartition next, long end)
      implements Comparable<Place> {
    private static final Comparator<Place> ORDER =
        Comparator.comparing(Place::partition)
            .thenComparing(Place::next, Comparator.nullsFirst(Comparator.naturalOrder()))
            .thenComparingLong(Place::end);

    static Place asAsked(LanePartition partition) {
      return new Place(partition, null, 0);
    }

    static Place atEnd(LanePartition partition, SlotMaps.Departure departure) {
      return new Place(partition, departure.next(), departure.end());
    }

    boolean isEnd() {
      return next != null;
    }

    @Override
    public int compareTo(Place other) {
      return ORDER.compare(this, other);
    }
  }

  private final Supplier<SlotMaps> slots;
  private final String tag;

  StartPlaces(Supplier<SlotMaps> slots, String tag) {
    this.slots = slots;
    this.tag = tag;
  }

  /**
   * The places of a connection's addresses.
   *
   * @param cursor says where to begin; null when none does
   * @param sinceMs begin with what was then, milliseconds since the epoch, where no cursor of here
   *     says it; {@link #NO_TIME} at no time
   */
  Map<Place, Set<String>> of(
      @Nullable String user, Set<String> channels, @Nullable Cursor cursor, long sinceMs) {
    SlotMaps maps = slots.get();
    Cursor ofHere = cursor == null || !cursor.tag().equals(tag) ? null : cursor;
    Map<Place, Set<String>> places = new TreeMap<>();
    place(maps, Lane.USERS, user == null ? Set.of() : Set.of(user), ofHere, sinceMs, places);
    place(maps, Lane.CHANNELS, channels, ofHere, sinceMs, places);
    return places;
  }

  private void place(
      SlotMaps maps,
      Lane lane,
      Set<String> addresses,
      @Nullable Cursor cursor,
      long sinceMs,
      Map<Place, Set<String>> places) {
    Map<LanePartition, Set<String>> byPresent = new HashMap<>();
    for (String address : addresses) {
      LanePartition present = present(maps, lane, SlotHash.slot(lane, address), cursor);
      byPresent.computeIfAbsent(present, p -> new HashSet<>()).add(address);
    }
    byPresent.forEach(
        (present, those) -> {
          Map<String, Place> back = new HashMap<>();
          for (String address : those) {
            int slot = SlotHash.slot(lane, address);
            Place place =
                cursor == null
                    ? byTime(maps, present, slot, sinceMs)
                    : byCursor(maps, present, slot, cursor);
            if (place != null) {
              back.put(address, place);
            }
          }
          for (String address : those) {
            Place place = back.get(address);
            if (place == null) {
              place = withTheRest(maps, present, SlotHash.slot(lane, address), !back.isEmpty());
            }
            places.computeIfAbsent(place, p -> new HashSet<>()).add(address);
          }
        });
  }

  /** Where a slot lies; its cursor may be of an edge that has heard of a settlement already. */
  private static LanePartition present(
      SlotMaps maps, Lane lane, int slot, @Nullable Cursor cursor) {
    LanePartition coming = maps.newest().partition(lane, slot);
    return cursor != null && cursor.position(coming).isPresent()
        ? coming
        : maps.settled().partition(lane, slot);
  }

  /** A new address among others that begin further back: it goes on with them. */
  private static Place withTheRest(
      SlotMaps maps, LanePartition present, int slot, boolean othersGoBack) {
    LanePartition former = othersGoBack ? maps.former(present, slot) : null;
    SlotMaps.Departure departure = former == null ? null : maps.departure(former, slot);
    return former == null || departure == null
        ? Place.asAsked(present)
        : Place.atEnd(former, departure);
  }

  /**
   * The partition that a cursor has a position in which still counts; null for the present one. The
   * oldest wins, as where cursors are joined: what lies behind it may be another address's. But in
   * a partition in which others stayed, a position beside a later one is theirs.
   */
  private static @Nullable Place byCursor(
      SlotMaps maps, LanePartition present, int slot, Cursor cursor) {
    Place place = null;
    boolean later = cursor.position(present).isPresent();
    for (LanePartition former = maps.former(present, slot);
        former != null;
        former = maps.former(former, slot)) {
      OptionalLong position = cursor.position(former);
      SlotMaps.Departure departure = maps.departure(former, slot);
      if (position.isEmpty() || departure == null || (later && departure.othersStay())) {
        continue;
      }
      if (position.getAsLong() < departure.end()) {
        place = Place.asAsked(former);
      } else if (!later
          && (position.getAsLong() == departure.end() || mayBeUnheard(cursor, departure))) {
        place = Place.atEnd(former, departure);
      }
      later = true;
    }
    return place;
  }

  /** Whether an edge that did not know of the move may have followed the address up to there. */
  private static boolean mayBeUnheard(Cursor cursor, SlotMaps.Departure departure) {
    OptionalLong basis = cursor.basisSeconds();
    return basis.isEmpty() || basis.getAsLong() <= (departure.atMs() + HEARD_MS) / 1_000;
  }

  private static @Nullable Place byTime(
      SlotMaps maps, LanePartition present, int slot, long sinceMs) {
    LanePartition first = present;
    for (LanePartition former = maps.former(present, slot);
        former != null && sinceMs != NO_TIME;
        former = maps.former(former, slot)) {
      SlotMaps.Departure departure = maps.departure(former, slot);
      if (departure == null || departure.atMs() + SKEW_MS < sinceMs) {
        break;
      }
      first = former;
    }
    return first.equals(present) ? null : Place.asAsked(first);
  }
}
