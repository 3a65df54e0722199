package dev.tailrace.edge.transport.sse;

import dev.tailrace.edge.connection.ConnectionAcceptor;
import dev.tailrace.edge.connection.Subscriber;
import dev.tailrace.edge.connection.Transport;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The event streams of this edge whose clients gave them a name, so that a stream can be given a
 * new token. A name is the client's to choose and counts among its user's own: nobody reaches
 * another user's stream by it. So streams of nobody have none.
 *
 * <p>Threading: any thread; holds as many as there are such streams.
 */
public final class OpenStreams {
  /** What a name is, in words. */
  static final String RULE = "16-64 characters of A-Za-z0-9_-";

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{16,64}");

  /** Whose stream it is, and its name. */
  record Key(String user, String name) {
    /** Null for nobody's. */
    static @Nullable Key of(@Nullable String user, String name) {
      return user == null ? null : new Key(user, name);
    }
  }

  private record Stream(Transport transport, ConnectionAcceptor acceptor) {}

  /** A stream's place among the others: that under its name, or none. */
  final class Place {
    private final @Nullable Key key;
    private final Stream stream;

    private Place(@Nullable Key key, Stream stream) {
      this.key = key;
      this.stream = stream;
    }

    /** Its agent has been told of it. An older stream of that name has been left by its client. */
    void take() {
      if (key != null) {
        streams.put(key, stream);
      }
    }

    /** It is over; another that has taken its name stays. */
    void leave() {
      if (key != null) {
        streams.remove(key, stream);
      }
    }
  }

  private final ConcurrentMap<Key, Stream> streams = new ConcurrentHashMap<>();

  static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  /**
   * The place of a stream that is about to begin.
   *
   * @param key null for one without a name
   */
  Place place(@Nullable Key key, Transport transport, ConnectionAcceptor acceptor) {
    return new Place(key, new Stream(transport, acceptor));
  }

  /** Gives a stream what its client's new token grants; false when there is none of that name. */
  boolean refresh(Key key, Subscriber refreshed) {
    Stream stream = streams.get(key);
    if (stream == null) {
      return false;
    }
    stream.acceptor().offerRefresh(stream.transport(), refreshed);
    return true;
  }
}
