package dev.tailrace.benchmarks.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Who follows which name.
 *
 * <p>Threading: any; each name has a lock, which is held while its followers are written to. A
 * stream's own lock is taken within it, never around it.
 */
final class Followers {
  private final Map<String, Name> names = new ConcurrentHashMap<>();

  /** One name's, in no order: the last one takes the place of one that leaves. */
  static final class Name {
    private final List<BareStream> streams = new ArrayList<>(1);

    private synchronized void add(BareStream stream) {
      stream.place = streams.size();
      streams.add(stream);
    }

    synchronized void remove(BareStream stream) {
      int place = stream.place;
      if (place < 0) {
        return;
      }
      BareStream last = streams.removeLast();
      if (!last.equals(stream)) {
        streams.set(place, last);
        last.place = place;
      }
      stream.place = BareStream.NOWHERE;
    }

    /** From the end, so that one who leaves meanwhile leaves nobody out. */
    private synchronized void send(OutgoingEvent event) {
      for (int i = streams.size() - 1; i >= 0; i--) {
        streams.get(i).send(event);
      }
    }
  }

  /** Those of a name, for good. */
  Name of(String name) {
    return names.computeIfAbsent(name, unknown -> new Name());
  }

  /** From now on it gets the name's events. */
  void add(Name name, BareStream stream) {
    name.add(stream);
  }

  void send(String name, OutgoingEvent event) {
    Name followed = names.get(name);
    if (followed != null) {
      followed.send(event);
    }
  }
}
