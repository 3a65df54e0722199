package dev.tailrace.edge.connection;

import dev.tailrace.schemas.Lane;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many connections of an agent stand how, and how far the last of them is behind.
 *
 * <p>Threading: filled by the delivery agent, and then no longer changed.
 */
public final class ConnectionCensus {
  /** How a connection stands. */
  public enum Standing {
    /** Its first positions are being found. */
    OPENING,
    /** It has all that there is, or is being given it. */
    LIVE,
    /** Something of what it lacks is read from Kafka. */
    CATCHING_UP,
    /** It lacks something, and its client has not taken the last write yet. */
    LAGGING
  }

  private final Map<Transport.Kind, Map<Standing, AtomicInteger>> counts =
      new EnumMap<>(Transport.Kind.class);
  private final Map<Lane, Long> lags = new EnumMap<>(Lane.class);

  /** One more connection of this kind stands so. */
  public void add(Transport.Kind kind, Standing standing) {
    counts
        .computeIfAbsent(kind, any -> new EnumMap<>(Standing.class))
        .computeIfAbsent(standing, any -> new AtomicInteger())
        .incrementAndGet();
  }

  /** Some position is so many records from the end of its lane partition. */
  public void addLag(Lane lane, long records) {
    if (records > lag(lane)) {
      lags.put(lane, records);
    }
  }

  /** How many connections of a kind stand so. */
  public int count(Transport.Kind kind, Standing standing) {
    AtomicInteger count = counts.getOrDefault(kind, Map.of()).get(standing);
    return count == null ? 0 : count.get();
  }

  /** How many records the position that is furthest behind in a lane is from the end. */
  public long lag(Lane lane) {
    return lags.getOrDefault(lane, 0L);
  }
}
