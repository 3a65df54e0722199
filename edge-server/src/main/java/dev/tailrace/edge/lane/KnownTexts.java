package dev.tailrace.edge.lane;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Users, channels and conflation keys as they came before, so that entries of partition logs need
 * no copies of their own: what stays of an entry the collector has to move, and that is what it
 * stops the edge for. It helps with up to some ten thousand that come again and again; with very
 * many more it costs as much as it saves.
 *
 * <p>Each has one place, by its bytes, and whoever came last has it; what is longer than {@link
 * #MAX_BYTES} has none. So there are {@link #PLACES} of them at most, 8 MB if all are that long.
 *
 * <p>Threading: one owner. What it gives out is immutable.
 */
public final class KnownTexts {
  private static final int PLACES_BITS = 15;
  static final int PLACES = 1 << PLACES_BITS;
  static final int MAX_BYTES = 64;

  /** 2^32 over the golden ratio: what differs little is spread over all places (Knuth, 6.4). */
  private static final int SPREAD = 0x9E3779B9;

  private static final class Known {
    private final byte[] utf8;
    private final List<String> alone;

    Known(FieldBytes utf8) {
      this.utf8 = utf8.toByteArray();
      this.alone = List.of(utf8.text());
    }
  }

  private final @Nullable Known[] places = new Known[PLACES];

  /** The text that these bytes are. */
  String text(FieldBytes utf8) {
    return utf8.isEmpty() ? "" : alone(utf8).getFirst();
  }

  /** The list of only that text. */
  List<String> alone(FieldBytes utf8) {
    if (utf8.length() > MAX_BYTES) {
      return List.of(utf8.text());
    }
    int place = placeOf(utf8);
    Known known = places[place];
    if (known == null || !utf8.isSameAs(known.utf8)) {
      known = new Known(utf8);
      places[place] = known;
    }
    return known.alone;
  }

  private static int placeOf(FieldBytes utf8) {
    int hash = 0;
    for (int i = utf8.from(); i < utf8.end(); i++) {
      hash = 31 * hash + utf8.array()[i];
    }
    return (hash * SPREAD) >>> (Integer.SIZE - PLACES_BITS);
  }
}
