package dev.tailrace.edge.connection;

import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.support.fleet.Hits;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many connections of an agent stand how, and how far the last of them is behind; and which
 * addresses brought events to them lately.
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
  private final Map<LanePartition, Readers> readers = new HashMap<>();
  private Map<Lane, Hits> hot = Map.of();

  /**
   * Those who read a lane partition.
   *
   * @param connections with a position in it
   * @param lag records from the position furthest behind to the end
   */
  public record Readers(int connections, long lag) {
    /** Of nobody. */
    public static final Readers NONE = new Readers(0, 0);

    /** Both of them. */
    public Readers with(Readers other) {
      return new Readers(connections + other.connections, Math.max(lag, other.lag));
    }
  }

  /** One more connection of this kind stands so. */
  public void add(Transport.Kind kind, Standing standing) {
    counts
        .computeIfAbsent(kind, any -> new EnumMap<>(Standing.class))
        .computeIfAbsent(standing, any -> new AtomicInteger())
        .incrementAndGet();
  }

  /** One more connection reads a partition, and is so many records from its end. */
  public void addReader(LanePartition partition, long lag) {
    readers.merge(partition, new Readers(1, lag), Readers::with);
  }

  /** By lane, the addresses that brought events lately. */
  public void setHot(Map<Lane, Hits> addresses) {
    hot = addresses;
  }

  /** How many connections of a kind stand so. */
  public int count(Transport.Kind kind, Standing standing) {
    AtomicInteger count = counts.getOrDefault(kind, Map.of()).get(standing);
    return count == null ? 0 : count.get();
  }

  /** How many records the position that is furthest behind in a lane is from the end. */
  public long lag(Lane lane) {
    long lag = 0;
    for (Map.Entry<LanePartition, Readers> one : readers.entrySet()) {
      lag = one.getKey().lane() == lane ? Math.max(lag, one.getValue().lag()) : lag;
    }
    return lag;
  }

  /** Those who read this partition. */
  public Readers readers(LanePartition partition) {
    return readers.getOrDefault(partition, Readers.NONE);
  }

  /** By lane, the addresses that brought events lately. */
  public Map<Lane, Hits> hot() {
    return hot;
  }
}
