package dev.tailrace.benchmarks;

/**
 * What one run does.
 *
 * @param connections held at once; connection i follows address i modulo the addresses
 * @param addresses channels, or users when personal
 * @param personal whether an address is a user with personal events, and not a channel
 * @param rate events per second over all addresses; event i is for address i modulo the addresses
 * @param payloadBytes length of an event's data
 * @param seconds measured
 * @param warmupSeconds before anything is measured
 * @param slowShare part of the connections that read {@link #SLOW_BYTES_PER_SECOND} only; what
 *     reaches them is not measured
 * @param churnPerSecond connections closed and opened again per second
 * @param opening most connections being opened at once
 */
public record LoadPlan(
    int connections,
    int addresses,
    boolean personal,
    int rate,
    int payloadBytes,
    int seconds,
    int warmupSeconds,
    double slowShare,
    int churnPerSecond,
    int opening) {

  /** What a slow connection reads. */
  public static final int SLOW_BYTES_PER_SECOND = 1024;

  /** A number below 1 makes no sense for most of these. */
  public LoadPlan {
    if (connections < 1 || addresses < 1 || rate < 1 || seconds < 1 || opening < 1) {
      throw new IllegalArgumentException(
          "connections, channels, rate, seconds and opening are 1 or more");
    }
    if (payloadBytes < Stamp.LEAST_DATA_BYTES) {
      throw new IllegalArgumentException(
          "the payload is %d bytes or more: it holds a stamp".formatted(Stamp.LEAST_DATA_BYTES));
    }
    if (warmupSeconds < 0 || churnPerSecond < 0 || slowShare < 0 || slowShare > 1) {
      throw new IllegalArgumentException(
          "warmup and churn are 0 or more, the slow share is 0 to 1");
    }
  }

  /** The address that a connection follows. */
  public int addressOf(int connection) {
    return connection % addresses;
  }

  int slowConnections() {
    return (int) Math.round(connections * slowShare);
  }

  /** The slow ones are spread evenly over the connections. */
  boolean isSlow(int connection) {
    long slow = slowConnections();
    return (connection + 1) * slow / connections > connection * slow / connections;
  }

  /** The same at another rate and for another time. */
  LoadPlan at(int newRate, int newWarmupSeconds, int newSeconds) {
    return new LoadPlan(
        connections,
        addresses,
        personal,
        newRate,
        payloadBytes,
        newSeconds,
        newWarmupSeconds,
        slowShare,
        churnPerSecond,
        opening);
  }
}
