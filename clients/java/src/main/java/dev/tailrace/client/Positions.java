package dev.tailrace.client;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Where the client is. On a WebSocket each address has a position of its own. On event streams and
 * polls there is one cursor for all; then only those that had come further keep theirs, so that
 * nothing comes to them twice.
 *
 * <p>Threading: owned by the client's thread, but for {@link #oldest}, which any thread may ask.
 */
final class Positions {
  /** The address of the user, whose position is that of {@code $broadcast}, too. */
  static final String OWN = "";

  static final String BROADCAST = "$broadcast";

  private final Map<String, Cursor> at = new ConcurrentHashMap<>(); // by address
  private volatile @Nullable String whole;
  private @Nullable String given;

  /** Going on there, until there was a connection. */
  Positions(@Nullable String cursor) {
    whole = cursor;
    given = cursor;
  }

  /** There is a connection: what is followed from now on begins at the present. */
  void begun() {
    given = null;
  }

  private static String address(@Nullable String channel) {
    return channel == null || channel.equals(BROADCAST) ? OWN : channel;
  }

  /** From where nothing is missed; null if it has never been anywhere. */
  @Nullable String oldest() {
    String one = whole;
    if (one != null) {
      return one;
    }
    Cursor joined = null;
    for (Cursor cursor : at.values()) {
      joined = joined == null ? cursor : joined.joinedWith(cursor);
    }
    return joined == null ? null : joined.toString();
  }

  /** What a stream or a poll begins at. */
  @Nullable String forStream() {
    String oldest = oldest();
    whole = oldest;
    return oldest;
  }

  /** A stream, or a poll, has come so far. */
  void streamIsAt(String cursor) {
    whole = cursor;
  }

  /** From now on each address has a position of its own: a WebSocket begins. */
  void split(Collection<String> channels) {
    String one = whole;
    if (one == null) {
      return;
    }
    Cursor all = Cursor.of(one);
    at.merge(OWN, all, (ahead, same) -> same.withLeadOf(ahead));
    for (String channel : channels) {
      at.merge(channel, all, (ahead, same) -> same.withLeadOf(ahead));
    }
    whole = null;
  }

  /** What an address begins at on a WebSocket; null for the present. */
  @Nullable String of(String address) {
    Cursor cursor = at.get(address);
    return cursor == null ? given : cursor.toString();
  }

  /** A WebSocket that was asked anew says from where on: what has come since is further. */
  void goesOn(String address, String cursor) {
    Cursor from = Cursor.of(cursor);
    at.merge(address, from, (known, same) -> same.raisedBy(known));
  }

  /** A WebSocket says where an address begins, or begins anew. */
  void begins(String address, String cursor) {
    at.put(address, Cursor.of(cursor));
  }

  /** Of a heartbeat of a WebSocket. */
  void raise(String address, String cursor) {
    Cursor other = Cursor.of(cursor);
    at.computeIfPresent(address, (name, mine) -> mine.raisedBy(other));
  }

  /**
   * An event has come.
   *
   * @return whether it is new
   */
  boolean isNew(Event event, boolean onStream) {
    String address = address(event.channel());
    Cursor end = Cursor.of(event.cursor());
    Cursor known = at.get(address);
    if (known != null && known.covers(end)) {
      return false;
    }
    if (!onStream) {
      at.put(address, known == null ? end : known.movedTo(end));
    }
    return true;
  }

  /** A gap has been told to this channel, or with null to the user. */
  void passGap(@Nullable String channel, Gap gap, boolean onStream) {
    String address = address(channel);
    if (onStream) {
      if (gap.isOfAnotherLog()) {
        at.remove(address); // it may be back to offsets that this has seen
      }
    } else if (gap.cursor() != null && !gap.reason().equals("upstream")) {
      Cursor after = Cursor.of(gap.cursor());
      at.merge(address, after, Cursor::movedTo);
    }
  }

  /** Nobody follows this channel any more. */
  void forget(String channel) {
    at.remove(channel);
  }
}
