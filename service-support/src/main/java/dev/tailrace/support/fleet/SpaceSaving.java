package dev.tailrace.support.fleet;

import java.util.HashMap;
import java.util.Map;

/**
 * Finds the keys that are counted most with a bounded memory: Space-Saving (Metwally, Agrawal and
 * El Abbadi, 2005), with weights. A key that finds no room takes the place of the one that was
 * counted least, and its count with it: what it has at most. Exact while there are no more keys
 * than places.
 *
 * <p>Threading: one owner.
 */
final class SpaceSaving {
  private static final class Place {
    private String key;
    private long count;
    private long error;
    private int index;

    Place(String key, long count, int index) {
      this.key = key;
      this.count = count;
      this.index = index;
    }
  }

  private final Map<String, Place> places = new HashMap<>();

  /** Ordered by counts: none is less than its parent, that of i being (i - 1) / 2. */
  private final Place[] heap;

  private int size;

  /** One with so many places. */
  SpaceSaving(int capacity) {
    this.heap = new Place[capacity];
  }

  /** So many more of a key. */
  void add(String key, long count) {
    Place place = places.get(key);
    if (place != null) {
      place.count += count;
      down(place);
    } else if (size < heap.length) {
      Place added = new Place(key, count, size);
      places.put(key, added);
      heap[size++] = added;
      up(added);
    } else {
      Place least = heap[0];
      places.remove(least.key);
      places.put(key, least);
      least.key = key;
      least.error = least.count;
      least.count += count;
      down(least);
    }
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** What was counted. */
  Hits hits() {
    Map<String, Hits.Count> counts = HashMap.newHashMap(size);
    for (int i = 0; i < size; i++) {
      Place place = heap[i];
      counts.put(place.key, new Hits.Count(place.count, place.count - place.error));
    }
    return new Hits(counts, size < heap.length ? 0 : heap[0].count);
  }

  private void up(Place place) {
    while (place.index > 0 && heap[(place.index - 1) / 2].count > place.count) {
      swap(place, heap[(place.index - 1) / 2]);
    }
  }

  private void down(Place place) {
    while (true) {
      int child = 2 * place.index + 1;
      if (child + 1 < size && heap[child + 1].count < heap[child].count) {
        child++;
      }
      if (child >= size || heap[child].count >= place.count) {
        return;
      }
      swap(place, heap[child]);
    }
  }

  private void swap(Place a, Place b) {
    int index = a.index;
    a.index = b.index;
    b.index = index;
    heap[a.index] = a;
    heap[b.index] = b;
  }
}
